"""Importing and opening the ledger costs little and connects nowhere."""

from __future__ import annotations

import subprocess
import sys

from studioops.ledger import open_ledger


def test_alembic_is_imported_only_to_migrate() -> None:
    script = (
        "import sys, studioops.ledger; studioops.ledger.open_ledger('postgresql://h/d');"
        "print(sorted({'alembic', 'boto3', 'airflow', 'pandas'} & set(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"


def test_repr_shows_no_password() -> None:
    ledger = open_ledger("postgresql://u:hush%40hush@127.0.0.1:1/ledger")
    assert "hush" not in repr(ledger)
    assert "127.0.0.1:1/ledger" in repr(ledger)
