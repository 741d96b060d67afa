"""What a contract says, as frozen values."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from studioops.errors import ContractError
from studioops.integrity.contract.names import ColumnSet


@dataclass(frozen=True, slots=True)
class DeclaredRelationship:
    """A relationship that the target must keep; what is None is not judged."""

    child: ColumnSet
    parent: ColumnSet
    on_delete: str | None
    on_update: str | None
    match: str | None
    types: tuple[str, ...] | None
    orphans: str
    line: int


@dataclass(frozen=True, slots=True)
class DeclaredObject:
    """A column whose values name objects in a bucket."""

    column: ColumnSet
    bucket: str
    sha256: ColumnSet | None
    line: int


@dataclass(frozen=True, slots=True)
class DeclaredExpectation:
    """One question that the rows of a table must answer well.

    Args:
        columns: asked about; several only together.
        kind: ``accepted_values``, ``not_null``, ``unique``, ``range``, ``pattern`` or
            ``reference``.
        options: what the kind takes: ``values``, ``min``, ``max``, ``matches``, ``references``
            (a ColumnSet), ``types``.
        mostly: the share of rows that must answer well.
        severity: ``error`` or ``warning``.
        line: of the contract's file.
    """

    columns: ColumnSet
    kind: str
    options: Mapping[str, Any]
    mostly: float
    severity: str
    line: int

    @property
    def name(self) -> str:
        """As reports call it."""
        return f"{self.columns}: {self.kind}"


@dataclass(frozen=True, slots=True)
class DeclaredSmoke:
    """A query that must get its answer in a restored copy.

    Args:
        name: as reports call it.
        query: one statement that reads; names without a schema are of public.
        equals: the one value that it must give; None where rows alone count.
        min_rows: how many rows it must give at least.
        line: of the contract's file.
    """

    name: str
    query: str
    equals: bool | int | float | str | date | None
    min_rows: int
    line: int


@dataclass(frozen=True, slots=True)
class Contract:
    """A contract without faults."""

    path: Path
    target: str
    relationships: tuple[DeclaredRelationship, ...]
    objects: tuple[DeclaredObject, ...]
    expectations: tuple[DeclaredExpectation, ...]
    smoke: tuple[DeclaredSmoke, ...] = ()

    @property
    def type_names(self) -> set[str]:
        """Every type that it names."""
        named = {name for one in self.relationships for name in one.types or ()}
        return named | {name for one in self.expectations for name in one.options.get("types", ())}


@dataclass(frozen=True, slots=True, order=True)
class Fault:
    """One thing that is wrong in a contract's file."""

    line: int
    message: str

    def __str__(self) -> str:
        """One line of a listing."""
        return f"line {self.line}: {self.message}"


class BrokenContract(ContractError):
    """A contract with faults, all of them."""

    def __init__(self, path: Path, faults: Iterable[Fault]) -> None:
        self.path = path
        self.faults = tuple(sorted(faults))
        listed = "; ".join(str(fault) for fault in self.faults)
        super().__init__(
            f"{path}: {listed}", f"mend the file, then run `studioops contract validate {path}`"
        )

    def __reduce__(self) -> tuple[type, tuple[Path, tuple[Fault, ...]]]:  # type: ignore[override]
        """Pickle with its faults."""
        return type(self), (self.path, self.faults)
