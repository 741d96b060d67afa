"""What every operation is: validate, steps, verify; and plain JSON values in a plan."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from enum import IntEnum
from functools import cache
from typing import Any, ClassVar, Self

from pydantic import TypeAdapter

from studioops.migrations.operations.step import Session, Step

KINDS: dict[str, type[Operation]] = {}


class Stage(IntEnum):
    """When in a plan an operation has its turn. Each stage is a task of the DAG."""

    EXPAND = 1
    CLEAN = 2
    PROTECT = 3
    VALIDATE = 4
    CONTRACT = 5


@dataclass(frozen=True)
class Operation(ABC):
    """One change to a target that can be taken back."""

    kind: ClassVar[str]
    stage: ClassVar[Stage]
    # Whether the first step asks all that validate does, in the transaction that it changes in.
    asks_itself: ClassVar[bool] = False

    def __init_subclass__(cls) -> None:
        """Known by its kind."""
        KINDS[cls.kind] = cls

    @abstractmethod
    def words(self) -> str:
        """What it does, in one line for people."""

    @abstractmethod
    def steps(self) -> tuple[Step, ...]:
        """How it is done, in order; the way back is the same steps from the last to the first."""

    @abstractmethod
    def validate(self, session: Session) -> tuple[str, ...]:
        """Why it can't be done here; empty where it can.

        Args:
            session: in a transaction that changes nothing.
        """

    @abstractmethod
    def verify(self, session: Session) -> tuple[str, ...]:
        """What is not as it should be after it was done; empty where all is.

        Args:
            session: in a transaction that changes nothing.
        """

    def as_json(self) -> dict[str, Any]:
        """Plain JSON values, its kind first."""
        return {"kind": self.kind, **asdict(self)}

    @property
    def identity(self) -> Mapping[str, Any]:
        """What of it makes a plan the plan that it is; where something lies is no part of it."""
        return self.as_json()

    @classmethod
    def parsed(cls, values: Mapping[str, Any]) -> Self:
        """The operation of this kind with these values.

        Raises:
            pydantic.ValidationError: they are not its values.
        """
        found: Self = _adapter(cls).validate_python(dict(values))
        return found


@cache
def _adapter(kind: type[Operation]) -> TypeAdapter[Any]:
    # Making one takes as long as reading a hundred operations.
    return TypeAdapter(kind)


def from_json(document: Mapping[str, Any]) -> Operation:
    """The operation that :meth:`Operation.as_json` wrote.

    Args:
        document: its kind and its values.

    Raises:
        ValueError: no operation is of that kind, or these are not its values.
    """
    values = dict(document)
    kind = values.pop("kind", None)
    if kind not in KINDS:
        raise ValueError(f"no operation is of the kind {kind!r}; known: {', '.join(sorted(KINDS))}")
    return KINDS[kind].parsed(values)
