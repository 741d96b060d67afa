"""The contract: the relationships that a target must keep."""

from studioops.integrity.contract.load import load_contract
from studioops.integrity.contract.model import (
    BrokenContract,
    Contract,
    DeclaredObject,
    DeclaredRelationship,
    DeclaredSmoke,
    Fault,
)
from studioops.integrity.contract.names import ColumnSet

__all__ = [
    "BrokenContract",
    "ColumnSet",
    "Contract",
    "DeclaredObject",
    "DeclaredRelationship",
    "DeclaredSmoke",
    "Fault",
    "load_contract",
]
