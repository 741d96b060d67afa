"""A key that is missing leaves nothing to be known; one that is another one is a finding."""

from __future__ import annotations

from dataclasses import replace

import pytest

from studioops.backups.shelf import Shelf
from studioops.model import Report, Status
from studioops.objectstore.encryption import Keyring


def checks(report: Report) -> set[str]:
    return {one.check for one in report.findings if one.severity.fails}


def verdicts(report: Report) -> tuple[str, str]:
    return report.evidence["faithful"], report.evidence["sound"]


def test_the_wrong_key(taken, drilled, shelf):
    other = Shelf(shelf.vault, Keyring("a", {"a": bytes(32)}), "shop")
    report = drilled(taken.backup_id, on=other)
    assert checks(report) == {"backup_key_wrong"}
    assert verdicts(report) == ("failed", "not_checked")


def test_a_key_that_the_settings_do_not_hold(taken, drilled, shelf):
    other = Shelf(shelf.vault, Keyring("b", {"b": bytes(32)}), "shop")
    report = drilled(taken.backup_id, on=other)
    assert report.findings == ()
    assert verdicts(report) == ("not_checked", "not_checked")
    assert report.status is Status.NOT_CHECKED
    manifest, copy = report.subjects
    for one in (manifest, copy):
        assert "encrypted with the key 'a', which the settings don't hold" in one.reason
        assert "; next: set STUDIOOPS_BACKUP_KEYS__A to that key" in one.reason
    assert shelf.proofs(taken.backup_id) == []


@pytest.mark.parametrize("older", [{}, {"a": bytes(32)}], ids=["missing", "wrong"])
def test_the_key_of_the_files_alone(taken, drilled, shelf, keyring, older):
    """The manifest was sealed anew after a rotation; what it names was not."""
    Shelf(shelf.vault, replace(keyring, current="b"), "shop").keep(taken)
    new = Shelf(shelf.vault, Keyring("b", {"b": keyring.keys["b"], **older}), "shop")
    report = drilled(taken.backup_id, on=new)
    assert checks(report) == ({"backup_key_wrong"} if older else set())
    assert verdicts(report) == ("failed" if older else "not_checked", "not_checked")
    assert report.status is (Status.FAILED if older else Status.NOT_CHECKED)
    said = [one.reason for one in report.subjects] + [one.repair for one in report.findings]
    assert any("set STUDIOOPS_BACKUP_KEYS__A to " in one for one in said)
    assert older or not any("not whole" in one for one in said)
