"""A directory and an environment in which nothing of ours is set."""

from __future__ import annotations

import os

import pytest

from studioops.settings.variables import by_name

# Fit for production: each is of the right shape, made by chance once, and opens nothing.
GOOD = {
    "DATABASE_URL": "postgresql://studioops:vK3-pQ8zX1m@db.internal:5432/studioops",
    "JWT_SECRET_KEY": "9f1c04b7e2a86d35f0b9c7e41a2d8f6035c4b7a19e8d2f60",
    "MINIO_ACCESS_KEY": "AK7Q2M9X4B1Z8L5N0P3R",
    "MINIO_SECRET_KEY": "mB2-vX7kQ0zL5nR9pT4wY8sD1fG6hJ3c",
}


@pytest.fixture
def nothing(monkeypatch, tmp_path):
    """An empty directory, and an environment without our variables."""
    for name in list(os.environ):
        if name in by_name() or name.startswith("STUDIOOPS_"):
            monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def good() -> dict[str, str]:
    """The required secrets, fit for production."""
    return dict(GOOD)
