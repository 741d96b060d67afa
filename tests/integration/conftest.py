"""Tests of what only newer servers have; the suite's own server is the newest one."""

from __future__ import annotations

import pytest


@pytest.fixture(autouse=True)
def _server_is_new_enough(request):
    marker = request.node.get_closest_marker("postgres")
    if marker is None:
        return
    version = request.getfixturevalue("cluster").server.programs.major
    if version < marker.args[0]:
        pytest.skip(f"PG_BIN names PostgreSQL {version}; this is of {marker.args[0]} and newer")
