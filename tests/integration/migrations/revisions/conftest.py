"""Histories that Alembic itself runs, in the tests' own process."""

from __future__ import annotations

import logging.config
from functools import partial

import pytest


@pytest.fixture(autouse=True)
def _logging_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    """What `alembic init` writes switches off every logger that is there: other tests need theirs."""
    kept = partial(logging.config.fileConfig, disable_existing_loggers=False)
    monkeypatch.setattr(logging.config, "fileConfig", kept)
