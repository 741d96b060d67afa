"""One revision as its file tells it, read and not run wherever reading is enough."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Any

from alembic.script import Script as AlembicScript

from studioops.integrity.contract.names import parse_columns
from studioops.migrations.operations.converting.model import TYPE
from studioops.migrations.operations.lock import Lock
from studioops.migrations.operations.names import TableName
from studioops.migrations.revisions.failed import RevisionFailed

OWN_TRANSACTIONS = "autocommit_block"
LOCK = "studioops_lock"
IGNORE = "squawk_ignore"
TYPES = "studioops_types"
Types = Mapping[tuple[TableName, str], str]


@dataclass(frozen=True, slots=True)
class Revision:
    """A revision.

    Args:
        name: its id.
        down: the ids of those that it builds on; none for the first one, several for a merge.
        needs: the ids of those of other branches that it needs besides.
        words: the first line of its text.
        path: of its file.
        sha256: of the file's content.
        outside: whether it asks for transactions of its own.
        forward_only: why there is no way back from it, as far as can be read; empty where there
            seems to be one.
        lock: the strongest lock that it takes, as it says itself.
        ignored: rules of squawk that it breaks, each with the reason that it gives.
        types: that columns are to have when it is there, and that the plan converts them to.
    """

    name: str
    down: tuple[str, ...]
    needs: tuple[str, ...]
    words: str
    path: Path
    sha256: str
    outside: bool
    forward_only: str
    lock: Lock
    ignored: Mapping[str, str] = field(default_factory=dict)
    types: Types = field(default_factory=dict)


def read_revision(script: AlembicScript) -> Revision:
    """What a revision's file says.

    Args:
        script: Alembic's view of it.

    Raises:
        RevisionFailed: it says what it can't.
    """
    path, who = Path(script.path), f"the revision {script.revision}"
    content = path.read_bytes()
    tree = ast.parse(content)
    return Revision(
        name=script.revision,
        down=_names(script.down_revision),
        needs=_names(script.dependencies),
        words=script.doc,
        path=path,
        sha256=sha256(content).hexdigest(),
        outside=any(_called(node) == OWN_TRANSACTIONS for node in ast.walk(tree)),
        forward_only=_forward_only(tree),
        lock=_lock(who, script.module),
        ignored=_ignored(who, script.module),
        types=_types(who, script.module),
    )


def _names(value: Any) -> tuple[str, ...]:
    if value is None:
        return ()
    return (value,) if isinstance(value, str) else tuple(value)


def _called(node: ast.AST) -> str:
    return node.attr if isinstance(node, ast.Attribute) else ""


def _forward_only(tree: ast.Module) -> str:
    """A way back that does nothing or raises is none, unless the way there does nothing either."""
    found = {one.name: one.body for one in tree.body if isinstance(one, ast.FunctionDef)}
    if "downgrade" not in found:
        return "it has no downgrade"
    down, up = _doing(found["downgrade"]), _doing(found.get("upgrade", []))
    if up and not down:
        return "its downgrade does nothing"
    if down and isinstance(down[0], ast.Raise):
        return "its downgrade raises"
    return ""


def _doing(body: list[ast.stmt]) -> list[ast.stmt]:
    """Statements that do something."""
    return [one for one in body if not _idle(one)]


def _idle(one: ast.stmt) -> bool:
    constant = isinstance(one, ast.Expr) and isinstance(one.value, ast.Constant)
    return constant or isinstance(one, ast.Pass) or (isinstance(one, ast.Return) and not one.value)


def _lock(who: str, module: Any) -> Lock:
    word = getattr(module, LOCK, Lock.ACCESS_EXCLUSIVE.value)
    try:
        return Lock(word)
    except ValueError:
        known = ", ".join(one.value for one in Lock)
        raise RevisionFailed(
            f"{who}: {LOCK} = {word!r} is no lock; known: {known}", "mend it, then plan again"
        ) from None


def _ignored(who: str, module: Any) -> Mapping[str, str]:
    found = getattr(module, IGNORE, {})
    if isinstance(found, Mapping) and all(
        isinstance(rule, str) and isinstance(why, str) and why.strip()
        for rule, why in found.items()
    ):
        return dict(found)
    raise RevisionFailed(
        f"{who}: {IGNORE} names a rule of squawk without the reason why it is broken",
        f'write it as {IGNORE} = {{"rule": "reason"}}',
    )


def _types(who: str, module: Any) -> Types:
    found = getattr(module, TYPES, {})
    try:
        return {_place(column): _kind(kind) for column, kind in dict(found).items()}
    except (TypeError, ValueError) as error:
        raise RevisionFailed(
            f"{who}: {TYPES} names no types of columns: {error}",
            f'write it as {TYPES} = {{"table.column": "uuid"}}',
        ) from None


def _place(column: str) -> tuple[TableName, str]:
    found = parse_columns(column)
    if len(found.columns) != 1:
        raise ValueError(f"{column!r} is not one column")
    return TableName(found.schema, found.table), found.columns[0]


def _kind(kind: object) -> str:
    if not isinstance(kind, str) or not TYPE.fullmatch(kind):
        raise ValueError(f"{kind!r} is no type")
    return kind
