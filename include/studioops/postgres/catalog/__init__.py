"""The catalog of a database: tables, columns, foreign keys, indexes."""

from studioops.postgres.catalog.model import (
    ACTIONS,
    MATCHES,
    Catalog,
    Column,
    ColumnType,
    ForeignKey,
    Index,
    Operator,
    Relation,
    cast_name,
)
from studioops.postgres.catalog.read import read_catalog

__all__ = [
    "ACTIONS",
    "MATCHES",
    "Catalog",
    "Column",
    "ColumnType",
    "ForeignKey",
    "Index",
    "Operator",
    "Relation",
    "cast_name",
    "read_catalog",
]
