"""Ages of credentials in the ledger: by fingerprints alone, from the first look on."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import psycopg
import pytest

from studioops.errors import LedgerUnavailable
from studioops.ledger import Ledger, open_ledger
from studioops.model import Status
from studioops.services import Cause
from studioops.services.credentials import Ages, Credential, Held, remember
from studioops.services.credentials.ages import with_ages

NOON = datetime(2025, 9, 8, 12, tzinfo=UTC)
DAY = timedelta(days=1)
KEY = "0f1e2d3c4b5a69788796a5b4c3d2e1f00123456789abcdef"
SECRET = "marked-secret-of-the-test-0123456789"


def held(secret: str = SECRET, name: str = "trello") -> Held:
    return Held(name, lambda: Credential.absent(name, "set it"), secret)


def since(ledger: Ledger, at: datetime, *credentials: Held, key: str = KEY) -> Ages:
    return remember(ledger, key, credentials, at)


def rows(dsn: str, what: str = "count(*)") -> list[tuple[object, ...]]:
    with psycopg.connect(dsn) as admin:
        return admin.execute(f"SELECT {what} FROM ledger.credential_ages").fetchall()


def test_a_secret_is_as_old_as_the_first_look_at_it(ledger: Ledger) -> None:
    assert since(ledger, NOON, held()).first_seen == {"trello": NOON}
    assert since(ledger, NOON + 100 * DAY, held()).first_seen == {"trello": NOON}


def test_a_rotated_secret_starts_anew_and_one_that_is_back_is_as_old_as_it_was(
    ledger: Ledger,
) -> None:
    since(ledger, NOON, held())
    assert since(ledger, NOON + DAY, held("another")).first_seen == {"trello": NOON + DAY}
    assert since(ledger, NOON + 2 * DAY, held()).first_seen == {"trello": NOON}


def test_two_credentials_with_one_secret_have_ages_of_their_own(ledger: Ledger) -> None:
    since(ledger, NOON, held())
    found = since(ledger, NOON + DAY, held(), held(name="openai")).first_seen
    assert found == {"trello": NOON, "openai": NOON + DAY}


def test_another_key_of_fingerprints_knows_no_age(ledger: Ledger) -> None:
    since(ledger, NOON, held())
    assert since(ledger, NOON + DAY, held(), key=KEY[::-1]).first_seen == {"trello": NOON + DAY}


def test_looks_that_come_late_or_at_once_make_nothing_younger(
    ledger: Ledger, ledger_url: str, database_dsn: str
) -> None:
    def work(day: int) -> None:
        with open_ledger(ledger_url) as mine:
            since(mine, NOON + day * DAY, held(), held(name="openai"))

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(work, (7, 0, 5, 3)))
    assert rows(database_dsn, "DISTINCT first_seen, last_seen") == [(NOON, NOON + 7 * DAY)]


def test_what_has_no_secret_leaves_nothing(ledger: Ledger, database_dsn: str) -> None:
    assert since(ledger, NOON, held("")).first_seen == {}
    assert rows(database_dsn) == [(0,)]


def test_without_a_key_nothing_is_kept(ledger: Ledger, database_dsn: str) -> None:
    for key in ("", "short", "a" * 64):
        ages = since(ledger, NOON, held(), key=key)
        assert "STUDIOOPS_FINGERPRINT_KEY" in ages.unknown
    assert rows(database_dsn) == [(0,)]


def test_neither_the_secret_nor_a_plain_hash_of_it_is_kept(
    ledger: Ledger, database_dsn: str
) -> None:
    since(ledger, NOON, held())
    ((name, fingerprint),) = rows(database_dsn, "name, fingerprint")
    assert name == "trello"
    with psycopg.connect(database_dsn) as admin:
        hashes = admin.execute(
            "SELECT encode(sha256(x), 'hex') FROM unnest(%s::bytea[]) AS x",
            [[SECRET.encode(), f"trello\0{SECRET}".encode(), KEY.encode()]],
        ).fetchall()
    assert (fingerprint,) not in hashes
    assert SECRET not in str(fingerprint)


@pytest.mark.parametrize(
    ("change", "constraint"),
    [
        (f"fingerprint = '{SECRET}'", "credential_ages_fingerprint_check"),
        ("last_seen = first_seen - interval '1 s'", "credential_ages_order_check"),
    ],
)
def test_the_database_takes_fingerprints_alone(
    ledger: Ledger, database_dsn: str, change: str, constraint: str
) -> None:
    since(ledger, NOON, held())
    with psycopg.connect(database_dsn) as admin, pytest.raises(psycopg.IntegrityError) as caught:
        admin.execute(f"UPDATE ledger.credential_ages SET {change}")
    assert caught.value.diag.constraint_name == constraint


def test_a_ledger_of_the_release_before_says_what_to_run(ledger: Ledger, database_dsn: str) -> None:
    with psycopg.connect(database_dsn) as admin:
        admin.execute("UPDATE ledger.alembic_version SET version_num = '0003'")
    with pytest.raises(LedgerUnavailable, match="is behind, at 0003"):
        since(ledger, NOON, held())


def test_an_age_reaches_its_credential(ledger: Ledger) -> None:
    since(ledger, NOON, held())
    well = Credential("trello", Status.PASSED, Cause.OK, "answers")
    (seen,) = with_ages([well], since(ledger, NOON + DAY, held()))
    assert (seen.first_seen, seen.unknown) == (NOON, ())
