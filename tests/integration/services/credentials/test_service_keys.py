"""Keys of OpenAI and Trello: bad, of too few rights, without quota, of too many, expiring."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from werkzeug import Response

from studioops.model import Status
from studioops.services import Cause
from studioops.services.credentials import Credential
from studioops.services.credentials.openai import check_openai
from studioops.services.credentials.trello import check_trello
from tests.integration.services.stand_ins import (
    HTML,
    LATER,
    OPENAI_KEY,
    OPENAI_RESTRICTED,
    OPENAI_SPENT,
    OPENAI_WRONG,
    TOKEN,
    TRELLO_KEY,
    TRELLO_TOKEN,
    TRELLO_WRONG,
    StandIn,
    as_json,
    failures,
    openai,
    stand_in,
    trello,
)

BOARD = "5f0c0ffee5f0c0ffee5f0c0f"


@pytest.fixture(scope="module")
def openai_server() -> Iterator[StandIn]:
    with stand_in(openai) as started:
        yield started


@pytest.fixture(scope="module")
def trello_server() -> Iterator[StandIn]:
    with stand_in(trello) as started:
        yield started


def key(server: StandIn, value: str, answer: Response | None = None) -> Credential:
    with server.told(answer):
        seen = check_openai(value, base_url=f"http://127.0.0.1:{server.port}/v1")
    assert value not in repr(seen)
    return seen


@pytest.mark.parametrize(
    ("value", "status", "cause", "words"),
    [
        (OPENAI_KEY, Status.PASSED, Cause.OK, ""),
        (OPENAI_WRONG, Status.FAILED, Cause.UNAUTHORISED, "does not take the credentials"),
        (OPENAI_RESTRICTED, Status.FAILED, Cause.FORBIDDEN, "missing scopes"),
        (OPENAI_SPENT, Status.FAILED, Cause.QUOTA, "quota is used up"),
    ],
)
def test_keys_of_openai_are_told_apart(
    openai_server: StandIn, value: str, status: Status, cause: Cause, words: str
) -> None:
    seen = key(openai_server, value)
    assert (seen.status, seen.cause) == (status, cause)
    assert words in seen.message
    assert seen.may == (("list models",) if status is Status.PASSED else ())
    assert bool(seen.next_step) is (status is Status.FAILED)


@pytest.mark.parametrize("how", ["500", "HTML", LATER])
def test_a_service_in_trouble_says_nothing_of_the_key(openai_server: StandIn, how: str) -> None:
    seen = key(openai_server, OPENAI_KEY, failures("openai")[how])
    assert seen.status is Status.NOT_CHECKED
    assert seen.next_step


def test_a_key_that_administers_and_one_that_is_a_placeholder(openai_server: StandIn) -> None:
    models = as_json({"object": "list", "data": []})
    seen = key(openai_server, "sk-admin-marked_A-secret-0123456789", models)
    assert seen.beyond_need == ("administer the organisation",)
    assert key(openai_server, "sk-your_key_here").weak == "is a placeholder"


@pytest.mark.parametrize("value", [None, ""])
def test_no_key(value: str | None) -> None:
    assert check_openai(value).cause is Cause.NOT_CONFIGURED
    assert check_trello(value, TRELLO_TOKEN).cause is Cause.NOT_CONFIGURED
    assert check_trello(TRELLO_KEY, value).cause is Cause.NOT_CONFIGURED


def token(server: StandIn, answer: Response | None = None, **more: Any) -> Credential:
    words = {"token": TRELLO_TOKEN, **more}
    with server.told(answer):
        seen = check_trello(TRELLO_KEY, base_url=f"http://127.0.0.1:{server.port}/1", **words)
    assert TRELLO_KEY not in repr(seen)
    assert words["token"] not in repr(seen)
    return seen


def holding(*permissions: tuple[str, str, bool], expires: str | None = None) -> Response:
    rights = [
        {"modelType": model, "idModel": on, "read": True, "write": write}
        for model, on, write in permissions
    ]
    return as_json(TOKEN | {"dateExpires": expires, "permissions": rights})


def test_a_token_that_writes_on_every_board(trello_server: StandIn) -> None:
    seen = token(trello_server)
    assert (seen.status, seen.cause, seen.expires_at) == (Status.PASSED, Cause.OK, None)
    assert seen.may == ("read all boards", "write all boards", "read the account")
    assert seen.beyond_need == ("write all boards",)


def test_a_token_that_writes_on_the_board_of_cards_alone(trello_server: StandIn) -> None:
    answer = holding(("Board", BOARD, True), ("Member", "5f0c", False))
    assert token(trello_server, answer, board=BOARD).beyond_need == ()
    # Where nothing is written, nothing has to be.
    assert token(trello_server, answer).beyond_need == ("write one of the boards",)
    assert token(trello_server, answer, board="other").beyond_need == ("write one of the boards",)


def test_a_token_that_writes_on_the_account_and_on_workspaces(trello_server: StandIn) -> None:
    answer = holding(("Member", "5f0c", True), ("Organization", "*", True), ("New", "*", True))
    assert token(trello_server, answer, board=BOARD).beyond_need == (
        "write the account",
        "write all workspaces",
        "write all something else",
    )


def test_until_when_a_token_is_good(trello_server: StandIn) -> None:
    seen = token(trello_server, holding(expires="2099-05-06T07:08:09.000Z"))
    assert (seen.status, seen.expires_at) == (
        Status.PASSED,
        datetime(2099, 5, 6, 7, 8, 9, tzinfo=UTC),
    )
    over = token(trello_server, holding(("Board", "*", True), expires="2001-01-01T00:00:00.000Z"))
    assert (over.status, over.cause) == (Status.FAILED, Cause.UNAUTHORISED)
    assert over.expires_at == datetime(2001, 1, 1, tzinfo=UTC)
    assert over.may == ()


def test_a_token_that_trello_does_not_know(trello_server: StandIn) -> None:
    seen = token(trello_server, token=TRELLO_WRONG)
    assert (seen.status, seen.cause) == (Status.FAILED, Cause.UNAUTHORISED)
    assert "TRELLO_API_TOKEN" in seen.next_step


def test_something_else_answers_for_trello(trello_server: StandIn) -> None:
    assert token(trello_server, Response(HTML)).status is Status.NOT_CHECKED
