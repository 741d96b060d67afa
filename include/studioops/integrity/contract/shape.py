"""The shape of a contract's file: which keys there are and what each may hold."""

from __future__ import annotations

import re
from datetime import date
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, PlainValidator

from studioops.integrity.contract.names import IDENTIFIER, ColumnSet, parse_columns
from studioops.integrity.contract.query import read_only_query

# PostgreSQL's parser of type names raises on anything else, and no line would be told.
TYPE_NAME = re.compile(
    rf"(?:{IDENTIFIER}\.)?{IDENTIFIER}(?: [a-z]+)*(?:\(\d+(?:, ?-?\d+)?\))?(?: [a-z]+)*(?:\[\])*"
)


def _names(value: object) -> ColumnSet:
    return parse_columns(value if isinstance(value, str) else str(value))


def _upper(value: object) -> object:
    return " ".join(value.upper().split()) if isinstance(value, str) else value


def _listed(value: object) -> object:
    return [value] if isinstance(value, str) else value


def _type_name(value: str) -> str:
    if not TYPE_NAME.fullmatch(value):
        raise ValueError(f"{value!r} is no name of a type, such as uuid or numeric(14,2)")
    return value


def _pattern(value: str) -> str:
    """PostgreSQL's own syntax differs in details; what no engine takes is told with its line."""
    try:
        re.compile(value)
    except re.error as error:
        raise ValueError(f"{value!r} is no regular expression: {error}") from None
    return value


def _one_value(value: object) -> object:
    """Of a union each kind would tell of its own fault."""
    if isinstance(value, bool | int | float | str | date):
        return value
    raise ValueError("takes one value: a number, a text, a date, true or false")


Columns = Annotated[ColumnSet, PlainValidator(_names)]
Action = Annotated[
    Literal["NO ACTION", "RESTRICT", "CASCADE", "SET NULL", "SET DEFAULT"], BeforeValidator(_upper)
]
Name = Annotated[str, Field(min_length=1)]
Scalar = bool | int | float | str
Bound = int | float | date | str
TypeName = Annotated[str, AfterValidator(_type_name)]


class Strict(BaseModel):
    """A mapping that takes its own keys alone."""

    model_config = ConfigDict(extra="forbid", arbitrary_types_allowed=True, strict=True)


class RelationshipShape(Strict):
    """One entry of ``relationships``."""

    child: Columns
    parent: Columns
    on_delete: Action | None = None
    on_update: Action | None = None
    match: Literal["simple", "full"] | None = None
    type: Annotated[list[TypeName] | None, BeforeValidator(_listed)] = None
    orphans: Literal["quarantine", "nullify", "report"] = "quarantine"


class ObjectShape(Strict):
    """One entry of ``objects``."""

    column: Columns
    bucket: Name
    sha256: Columns | None = None


class ExpectationShape(Strict):
    """One entry of ``expectations``: one or more questions to a column, or to several together."""

    column: Columns
    values: Annotated[list[Scalar], Field(min_length=1)] | None = None
    not_null: Literal[True] | None = None
    unique: Literal[True] | None = None
    min: Bound | None = None
    max: Bound | None = None
    matches: Annotated[str, AfterValidator(_pattern)] | None = None
    references: Columns | None = None
    type: Annotated[list[TypeName] | None, BeforeValidator(_listed)] = None
    mostly: Annotated[float, Field(gt=0, le=1)] | None = None
    severity: Literal["warning", "error"] = "error"


class SmokeShape(Strict):
    """One entry of ``smoke``."""

    name: Name
    query: Annotated[str, AfterValidator(read_only_query)]
    equals: Annotated[Scalar | date | None, BeforeValidator(_one_value)] = None
    min_rows: Annotated[int, Field(ge=0)] | None = None


class ContractShape(Strict):
    """The whole file."""

    target: Name = "studioops"
    relationships: list[RelationshipShape] = []
    objects: list[ObjectShape] = []
    expectations: list[ExpectationShape] = []
    smoke: list[SmokeShape] = []
