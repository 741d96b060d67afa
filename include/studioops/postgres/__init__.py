"""Talking to PostgreSQL: connections with limits, errors in our own words, the catalog."""

from studioops.postgres.connect import Database, Limits, Pool, open_database
from studioops.postgres.dsn import Dsn, parse_dsn
from studioops.postgres.failure import translated
from studioops.postgres.replica import PRIMARY, reader
from studioops.postgres.sql import fetch, load_sql

__all__ = [
    "PRIMARY",
    "Database",
    "Dsn",
    "Limits",
    "Pool",
    "fetch",
    "load_sql",
    "open_database",
    "parse_dsn",
    "reader",
    "translated",
]
