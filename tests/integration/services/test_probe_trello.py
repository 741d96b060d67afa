"""The probe of Trello: what the matrix does not ask."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from werkzeug import Response

from studioops.model import Status
from studioops.services import Cause, ServiceState
from studioops.services.probes import probe_trello
from tests.integration.services.stand_ins import (
    HTML,
    TOKEN,
    TRELLO_KEY,
    TRELLO_TOKEN,
    TRELLO_WRONG,
    StandIn,
    as_json,
    stand_in,
    trello,
)


@pytest.fixture(scope="module")
def server() -> Any:
    with stand_in(trello) as started:
        yield started


def look(
    server: StandIn,
    answer: Response | None = None,
    *,
    key: str = TRELLO_KEY,
    token: str = TRELLO_TOKEN,
) -> ServiceState:
    with server.told(answer):
        state = probe_trello(key, token, base_url=f"http://127.0.0.1:{server.port}/1/")
    assert key not in repr(state)
    assert token not in repr(state)
    return state


def expiring(days: float) -> tuple[Response, str]:
    until = (datetime.now(UTC) + timedelta(days=days)).isoformat(timespec="milliseconds")
    return as_json(TOKEN | {"dateExpires": until.replace("+00:00", "Z")}), until[:10]


def test_key_and_token_go_into_a_header_and_not_into_the_query(server: StandIn) -> None:
    assert look(server).cause is Cause.OK
    request = server.requests[-1]
    assert request.query_string == b""
    assert request.headers["Authorization"].startswith("OAuth oauth_consumer_key=")


def test_tells_what_the_token_is_good_for(server: StandIn) -> None:
    assert look(server).details == {
        "expires": None,
        "permissions": [
            {"model": "Board", "on": "*", "read": True, "write": True},
            {"model": "Member", "on": "5f0c0ffee0", "read": True, "write": False},
        ],
    }


def test_token_that_is_good_for_long(server: StandIn) -> None:
    answer, day = expiring(60)
    state = look(server, answer)
    assert (state.status, state.cause) == (Status.PASSED, Cause.OK)
    assert state.details["expires"].startswith(day)


def test_token_that_expires_soon_is_degraded(server: StandIn) -> None:
    answer, day = expiring(3.5)
    state = look(server, answer)
    assert (state.status, state.cause) == (Status.PASSED, Cause.EXPIRES_SOON)
    assert f"expires in 3 days, on {day}" in state.message
    assert state.next_step == "make a new TRELLO_API_TOKEN"


def test_token_that_has_expired(server: StandIn) -> None:
    for answer in (expiring(-1)[0], Response("expired token", 401)):
        state = look(server, answer)
        assert (state.status, state.cause) == (Status.FAILED, Cause.UNAUTHORISED)
        assert "expired" in state.message
        assert state.next_step == "make a new TRELLO_API_TOKEN"


def test_says_which_of_the_two_is_wrong(server: StandIn) -> None:
    wrong_key = look(server, key="f" * 32)
    assert (wrong_key.cause, wrong_key.next_step) == (Cause.UNAUTHORISED, "check TRELLO_API_KEY")
    wrong_token = look(server, token=TRELLO_WRONG)
    assert wrong_token.cause is Cause.UNAUTHORISED
    assert "TRELLO_API_TOKEN" in wrong_token.next_step
    assert "KEY" not in wrong_token.next_step


@pytest.mark.parametrize(
    "answer",
    [
        Response(HTML),
        as_json([]),
        as_json({"id": "5f0c0ffee"}),
        as_json(TOKEN | {"dateExpires": "soon"}),
        as_json(TOKEN | {"dateExpires": 12}),
        Response("model not found", 404),
    ],
    ids=["HTML", "a list", "no permissions", "no date", "a number", "404"],
)
def test_answer_that_does_not_speak_of_a_token(server: StandIn, answer: Response) -> None:
    state = look(server, answer)
    assert (state.status, state.cause) == (Status.FAILED, Cause.NONSENSE), state
    assert state.next_step


def test_token_that_can_not_be_sent_is_not_looked_with(server: StandIn) -> None:
    state = look(server, token=f"{TRELLO_TOKEN}\n")
    assert (state.status, state.cause) == (Status.NOT_CHECKED, Cause.ERROR)
    assert state.next_step == "set TRELLO_API_KEY and TRELLO_API_TOKEN again"


@pytest.mark.parametrize(("key", "token"), [(None, TRELLO_TOKEN), (TRELLO_KEY, None), (None, None)])
def test_not_configured(key: str | None, token: str | None) -> None:
    state = probe_trello(key, token)
    assert (state.status, state.cause) == (Status.NOT_CHECKED, Cause.NOT_CONFIGURED)
    assert "TRELLO_API_KEY and TRELLO_API_TOKEN" in state.next_step
