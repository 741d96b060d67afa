"""The definitions of all that a database holds, by kind and name, to be compared."""

from studioops.postgres.definitions.compare import compare_definitions
from studioops.postgres.definitions.model import Definitions, Difference, SequenceState
from studioops.postgres.definitions.read import read_definitions
from studioops.postgres.definitions.sequences import read_sequences

__all__ = [
    "Definitions",
    "Difference",
    "SequenceState",
    "compare_definitions",
    "read_definitions",
    "read_sequences",
]
