"""The catalog, read once a session and again when any of it has changed."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, cast
from weakref import WeakKeyDictionary

from studioops.postgres import load_sql
from studioops.postgres.catalog import Catalog, read_catalog

if TYPE_CHECKING:
    from studioops.migrations.operations.step import Session


@dataclass(frozen=True, slots=True)
class _Read:
    """What was read, and what the catalog's own rows were just before."""

    mark: str
    catalog: Catalog


_reads: WeakKeyDictionary[Any, _Read] = WeakKeyDictionary()


def catalog_of(session: Session, types: Collection[str] = ()) -> Catalog:
    """The definitions as they are now; estimates may be those of the session's first reading.

    Args:
        session: in a transaction.
        types: that the caller wants to compare as.
    """
    # The mark comes first: a change that is made in between is then noticed next time.
    mark = _mark(session)
    read = _reads.get(session)
    if read is None or read.mark != mark:
        read = _reads[session] = _Read(mark, _read(session, types))
    elif not read.catalog.asked_types.keys() >= set(types):
        known = {*read.catalog.asked_types, *types}
        read = _reads[session] = _Read(mark, _read(session, known))
    return read.catalog


def _mark(session: Session) -> str:
    row = session.execute(load_sql(__package__, "mark")).fetchone()
    return str(row["mark"]) if row else ""


def _read(session: Session, types: Collection[str]) -> Catalog:
    """By the session, as those take it that read through SQLAlchemy's connections."""
    borrowed = SimpleNamespace(connection=SimpleNamespace(driver_connection=session))
    return read_catalog(cast(Any, borrowed), types)
