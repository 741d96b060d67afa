"""A content fingerprint of tables: how many rows, and what is in them, whatever their order."""

from studioops.postgres.fingerprint.model import TableRows
from studioops.postgres.fingerprint.reading import fingerprint_tables
from studioops.postgres.fingerprint.statement import hash_probe
from studioops.postgres.fingerprint.tables import LARGE_OBJECTS, Table, Tables, list_tables

__all__ = [
    "LARGE_OBJECTS",
    "Table",
    "TableRows",
    "Tables",
    "fingerprint_tables",
    "hash_probe",
    "list_tables",
]
