"""The probe of OpenAI: what the matrix does not ask."""

from __future__ import annotations

import threading
import time
from typing import Any

import pytest
from werkzeug import Response

from studioops.model import Status
from studioops.services import Cause, ServiceState
from studioops.services.probes import probe_openai
from tests.integration.services.peers import drip, peer
from tests.integration.services.stand_ins import (
    HTML,
    OPENAI_KEY,
    OPENAI_RESTRICTED,
    OPENAI_SPENT,
    OPENAI_WRONG,
    StandIn,
    as_json,
    openai,
    openai_error,
    stand_in,
)


@pytest.fixture(scope="module")
def server() -> Any:
    with stand_in(openai) as started:
        yield started


def look(server: StandIn, key: str = OPENAI_KEY, answer: Response | None = None) -> ServiceState:
    with server.told(answer):
        state = probe_openai(key, base_url=f"http://127.0.0.1:{server.port}/v1", timeout=5)
    assert key not in repr(state)
    assert state.status is (Status.PASSED if state.cause is Cause.OK else Status.FAILED) or (
        state.cause.degraded
    )
    return state


def test_counts_the_models(server: StandIn) -> None:
    assert look(server).details == {"models": 2}


def test_key_of_too_few_rights_is_no_bad_key(server: StandIn) -> None:
    state = look(server, OPENAI_RESTRICTED)
    assert state.cause is Cause.FORBIDDEN
    assert "missing scopes" in state.message
    assert "api.model.read" in state.next_step
    assert look(server, OPENAI_WRONG).next_step == "check OPENAI_API_KEY"


def test_used_up_quota_is_told_apart_from_a_rate_limit_by_its_code_alone(server: StandIn) -> None:
    said = "You exceeded your current quota"
    assert look(server, OPENAI_SPENT).cause is Cause.QUOTA
    spent = look(server, answer=openai_error(429, "whatever", "insufficient_quota"))
    assert (spent.status, spent.cause) == (Status.FAILED, Cause.QUOTA)
    busy = look(server, answer=openai_error(429, said, "rate_limit_exceeded"))
    assert (busy.status, busy.cause) == (Status.PASSED, Cause.RATE_LIMITED)


@pytest.mark.parametrize("status", [401, 403, 429, 500, 503])
def test_asks_once_whatever_comes(server: StandIn, status: int) -> None:
    before = len(server.requests)
    look(server, answer=openai_error(status, "no", "code", Retry_After="1"))
    assert len(server.requests) == before + 1


@pytest.mark.parametrize(
    "answer",
    [
        as_json({"object": "list"}),
        as_json([]),
        as_json({"data": "many"}),
        Response(HTML, content_type="application/json"),
        Response(HTML, content_type="text/html"),
        Response(b"\xff\xfe\xfd", content_type="application/json"),
        Response("", content_type="application/json"),
        Response("", 302, {"Location": "https://login.invalid/"}),
        openai_error(404, "no such path"),
    ],
    ids=["no data", "a list", "no list", "HTML as JSON", "HTML", "bytes", "empty", "302", "404"],
)
def test_answer_that_is_no_list_of_models(server: StandIn, answer: Response) -> None:
    state = look(server, answer=answer)
    assert (state.status, state.cause) == (Status.FAILED, Cause.NONSENSE), state


def test_look_that_is_given_up_leaves_no_thread_behind() -> None:
    began = time.monotonic()
    with peer(drip(b"HTTP/1.1 200 OK\r\nX-Y: ")) as port:
        state = probe_openai(OPENAI_KEY, base_url=f"http://127.0.0.1:{port}/v1", timeout=0.5)
        assert state.cause is Cause.TIMEOUT, state
        assert time.monotonic() - began < 2
        for thread in threading.enumerate():
            if thread.name == "studioops probe":
                thread.join(2)
                assert not thread.is_alive()


@pytest.mark.parametrize("key", ["sk-proj-\nline", "sk-proj- space", "sk-prój"])
def test_key_that_can_not_be_sent_is_not_looked_with(server: StandIn, key: str) -> None:
    before = len(server.requests)
    state = probe_openai(key, base_url=f"http://127.0.0.1:{server.port}/v1")
    assert (state.status, state.cause) == (Status.NOT_CHECKED, Cause.ERROR)
    assert state.next_step == "set OPENAI_API_KEY again"
    assert key not in repr(state)
    assert len(server.requests) == before


def test_not_configured() -> None:
    for key in (None, ""):
        state = probe_openai(key)
        assert (state.status, state.cause) == (Status.NOT_CHECKED, Cause.NOT_CONFIGURED)
        assert "OPENAI_API_KEY" in state.next_step


def test_base_url_that_is_none() -> None:
    state = probe_openai(OPENAI_KEY, base_url="api.openai.invalid/v1")
    assert state.status is Status.NOT_CHECKED
    assert "OPENAI_BASE_URL" in state.next_step
