"""A private directory that is ours alone, whatever another run sweeps meanwhile."""

from __future__ import annotations

import fcntl
import shutil
import stat
import tempfile
from pathlib import Path

import pytest

from studioops.backups import workplace as module
from studioops.backups.workplace import PREFIX, sweep_workplaces, workplace
from studioops.errors import BackupNotTaken


@pytest.fixture(autouse=True)
def place(tmp_path, monkeypatch) -> Path:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    return tmp_path


def test_it_is_private_held_and_gone_at_the_end(place):
    with workplace() as inner:
        (inner / "file").write_text("x")
        assert stat.S_IMODE(inner.parent.stat().st_mode) == 0o700
        assert sweep_workplaces() == []
        assert (inner / "file").exists()
    assert list(place.iterdir()) == []


def test_another_run_that_sweeps_while_it_is_made_costs_nothing(place, monkeypatch):
    """It may win the lock between its making and its locking."""
    lock, swept = fcntl.flock, []

    def late(descriptor, how):
        if not swept:
            swept.extend(place.glob(f"{PREFIX}*"))
            shutil.rmtree(swept[0])
        return lock(descriptor, how)

    monkeypatch.setattr(module.fcntl, "flock", late)
    with workplace() as inner:
        assert inner.is_dir()
        assert inner.parent != swept[0]
        assert sweep_workplaces() == []
    assert swept
    assert list(place.iterdir()) == []


def test_what_a_killed_run_left_is_removed(place):
    left = place / f"{PREFIX}left"
    (left / "files").mkdir(parents=True)
    (left / "lock").touch()
    with workplace():
        assert not left.exists()


def test_no_directory_for_it_is_told(place, monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", str(place / "missing"))
    with pytest.raises(BackupNotTaken, match="missing: No such file") as raised, workplace():
        pass
    assert "TMPDIR" in raised.value.next_step


def test_one_that_its_owner_removes_just_then_is_nobodys_error(place, monkeypatch):
    going = place / f"{PREFIX}going"
    going.mkdir()
    real = Path.open

    def late(path, *words, **named):
        # The owner is done between the look at the directory and at its lock.
        if path.parent == going:
            shutil.rmtree(going)
        return real(path, *words, **named)

    monkeypatch.setattr(Path, "open", late)
    with workplace() as inner:
        assert inner.is_dir()
    assert not going.exists()
