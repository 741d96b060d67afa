"""Reading a contract, with every fault and its line."""

from __future__ import annotations

import difflib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml
from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from studioops.errors import ContractError
from studioops.integrity.contract.document import Document
from studioops.integrity.contract.expect import declared_expectations, expectation_faults
from studioops.integrity.contract.model import (
    BrokenContract,
    Contract,
    DeclaredObject,
    DeclaredRelationship,
    Fault,
)
from studioops.integrity.contract.shape import (
    ContractShape,
    ExpectationShape,
    ObjectShape,
    RelationshipShape,
    SmokeShape,
)
from studioops.integrity.contract.smoke import declared_smoke, smoke_faults

ENTRIES: dict[str, type[BaseModel]] = {
    "relationships": RelationshipShape,
    "objects": ObjectShape,
    "expectations": ExpectationShape,
    "smoke": SmokeShape,
}


def load_contract(path: Path | str) -> Contract:
    """Read and validate a contract.

    Args:
        path: the YAML file.

    Raises:
        ContractError: there is no such file.
        BrokenContract: it has faults; all of them, each with its line.
    """
    path = Path(path)
    document = _read(path)
    if not isinstance(document.value, dict):
        raise BrokenContract(path, [Fault(1, "a contract is a mapping with `relationships:`")])
    try:
        shape = ContractShape.model_validate(document.value)
    except ValidationError as error:
        found = [_fault(one, document) for one in error.errors(include_url=False)]
        raise BrokenContract(path, [*document.faults, *found]) from None
    faults = [*document.faults, *_disagreements(shape, document)]
    if faults:
        raise BrokenContract(path, faults)
    return _contract(path, shape, document)


def _read(path: Path) -> Document:
    try:
        return Document(path.read_text(encoding="utf-8"))
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise BrokenContract(path, [Fault(line, f"no valid YAML: {error.problem}")]) from None
    except yaml.YAMLError:
        raise BrokenContract(path, [Fault(1, "no valid YAML: a character it can't hold")]) from None
    except RecursionError:
        raise BrokenContract(
            path, [Fault(1, "an alias holds itself, or it nests too deep")]
        ) from None
    except UnicodeDecodeError:
        raise BrokenContract(path, [Fault(1, "not written in UTF-8")]) from None
    except OSError as error:
        raise ContractError(
            f"{path}: {error.strerror}", "give the contract's file with --contract"
        ) from None


def _fault(error: ErrorDetails, document: Document) -> Fault:
    place = error["loc"]
    key = str(place[-1]) if place else ""
    if error["type"] == "extra_forbidden":
        return Fault(document.line(place), f"unknown key {key!r}{_hint(place)}")
    if error["type"] == "missing":
        return Fault(document.line(place[:-1]), f"{key!r} is missing")
    said = error["msg"].removeprefix("Value error, ")
    named = next((part for part in reversed(place) if isinstance(part, str)), "")
    return Fault(document.line(place), f"{named}: {said}" if named else said)


def _hint(place: tuple[int | str, ...]) -> str:
    shape = ContractShape if len(place) == 1 else ENTRIES[str(place[0])]
    close = difflib.get_close_matches(str(place[-1]), shape.model_fields, n=1)
    return f" (meant {close[0]!r}?)" if close else f" (known: {', '.join(shape.model_fields)})"


def _disagreements(shape: ContractShape, document: Document) -> Iterator[Fault]:
    """What is wrong between values that are each right."""
    seen: dict[Any, int] = {}
    for n, one in enumerate(shape.relationships):
        line = document.line(("relationships", n))
        wide, high = len(one.child.columns), len(one.parent.columns)
        if wide != high:
            yield Fault(line, f"{one.child} has {wide} column(s), {one.parent} has {high}")
        if one.type is not None and len(one.type) != wide:
            yield Fault(
                document.line(("relationships", n, "type")),
                f"type: {len(one.type)} given for {wide} column(s)",
            )
        if len(set(one.child.columns)) < wide or len(set(one.parent.columns)) < high:
            yield Fault(line, "a column is named twice")
        pairs = frozenset(zip(one.child.columns, one.parent.columns, strict=False))
        key = (one.child.schema, one.child.table, one.parent.schema, one.parent.table, pairs)
        if key in seen:
            yield Fault(line, f"{one.child} → {one.parent} stands on line {seen[key]} already")
        seen.setdefault(key, line)
    for n, item in enumerate(shape.objects):
        for name, columns in (("column", item.column), ("sha256", item.sha256)):
            if columns is not None and len(columns.columns) != 1:
                yield Fault(document.line(("objects", n, name)), f"{name}: takes one column")
    for n, each in enumerate(shape.expectations):
        yield from expectation_faults(n, each, document)
    yield from smoke_faults(shape.smoke, document)


def _contract(path: Path, shape: ContractShape, document: Document) -> Contract:
    return Contract(
        path=path,
        target=shape.target,
        relationships=tuple(
            DeclaredRelationship(
                child=one.child,
                parent=one.parent,
                on_delete=one.on_delete,
                on_update=one.on_update,
                match=one.match,
                types=None if one.type is None else tuple(one.type),
                orphans=one.orphans,
                line=document.line(("relationships", n)),
            )
            for n, one in enumerate(shape.relationships)
        ),
        objects=tuple(
            DeclaredObject(one.column, one.bucket, one.sha256, document.line(("objects", n)))
            for n, one in enumerate(shape.objects)
        ),
        expectations=tuple(
            question
            for n, each in enumerate(shape.expectations)
            for question in declared_expectations(n, each, document)
        ),
        smoke=declared_smoke(shape.smoke, document),
    )
