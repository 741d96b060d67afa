"""Figures of backups as people read them."""

from __future__ import annotations

import pytest

from studioops.backups.words import age, bytes_of


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (0, "0 s"),
        (59, "59 s"),
        (61, "1 min"),
        (3600, "1 h 0 min"),
        (7380, "2 h 3 min"),
        (86400 * 3 + 7200, "3 d 2 h"),
        (-90, "-1 min"),
    ],
)
def test_ages(seconds, said):
    assert age(seconds) == said


@pytest.mark.parametrize(
    ("size", "said"),
    [(0, "0 B"), (999, "999 B"), (1500, "1.5 kB"), (2_000_000, "2.0 MB"), (5e15, "5000.0 TB")],
)
def test_sizes(size, said):
    assert bytes_of(size) == said
