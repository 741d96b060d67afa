"""What every error of ours has: a code, a category, a severity, and what to type next."""

from __future__ import annotations

import re
from enum import StrEnum
from typing import ClassVar


class Category(StrEnum):
    """What kind of trouble it is (the words of StudioOps' own API)."""

    VALIDATION = "validation"
    AUTHENTICATION = "authentication"
    AUTHORIZATION = "authorization"
    NOT_FOUND = "not_found"
    CONFLICT = "conflict"
    EXTERNAL_SERVICE = "external_service"
    DATABASE = "database"
    FILE_OPERATION = "file_operation"
    SYSTEM = "system"


class ErrorSeverity(StrEnum):
    """How much it matters to whoever reads the error."""

    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"
    CRITICAL = "critical"


class StudioOpsError(Exception):
    """Anything that this project raises on purpose.

    Args:
        message: one line, what happened and where; no secret, no driver's text with one.
        next_step: one line, what to type or do next.
    """

    code: ClassVar[str] = "error"
    category: ClassVar[Category] = Category.SYSTEM
    severity: ClassVar[ErrorSeverity] = ErrorSeverity.HIGH
    retryable: ClassVar[bool] = False
    exit_code: ClassVar[int] = 3

    def __init__(self, message: str, next_step: str) -> None:
        super().__init__(message)
        self.message = one_line(message)
        self.next_step = one_line(next_step)

    @property
    def reason(self) -> str:
        """Why nobody could look, and what to do, as a subject that was not checked tells it."""
        return f"{self.message}; next: {self.next_step}"

    def __reduce__(self) -> tuple[type, tuple[str, str]]:
        """Pickle by the two texts: Airflow and process pools send errors between processes."""
        return type(self), (self.message, self.next_step)

    def as_json(self) -> dict[str, str]:
        """The ``error`` object of a ``--json`` document."""
        return {"code": self.code, "message": self.message, "next": self.next_step}


def one_line(text: str) -> str:
    """Any text as one line, since a terminal at night shows one line well."""
    return re.sub(r"\s+", " ", text).strip()
