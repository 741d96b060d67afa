from __future__ import annotations

from studioops.backups.restoring.speed import RESTORING, with_settings
from studioops.postgres import parse_dsn


def test_own_options_stay_and_nothing_else_changes():
    dsn = parse_dsn("host=drill dbname=shop user=u options='-c geqo=off'")
    faster = with_settings(dsn, RESTORING)
    assert faster.params["options"] == f"-c geqo=off {RESTORING}"
    assert {**faster.params, "options": "-c geqo=off"} == dsn.params


def test_without_options_there_is_nothing_before():
    assert with_settings(parse_dsn("dbname=shop"), RESTORING).params["options"] == RESTORING
