"""The probe of Langfuse: never well when it was not reached, nor when its database was not."""

from __future__ import annotations

import pytest
from werkzeug import Request, Response

from studioops.model import Status
from studioops.services import Cause, ServiceState
from studioops.services.probes import probe_langfuse
from tests.integration.services.stand_ins import HTML, as_json, stand_in


def langfuse(request: Request) -> Response:
    """One whose database is away: its health check tells only whom asks for that."""
    if request.path != "/api/public/health":
        return Response("", 404)
    if request.args.get("failIfDatabaseUnavailable") == "true":
        return as_json({"status": "Database not available", "version": "3.1.0"}, 503)
    return as_json({"status": "OK", "version": "3.1.0"})


def look(answer: Response) -> ServiceState:
    with stand_in(lambda _: answer) as server:
        return probe_langfuse(f"http://127.0.0.1:{server.port}/")


def test_well() -> None:
    state = look(as_json({"status": "OK", "version": "3.1.0"}))
    assert (state.status, state.cause) == (Status.PASSED, Cause.OK)
    assert state.details == {"version": "3.1.0"}


def test_its_database_is_asked_for() -> None:
    with stand_in(langfuse) as server:
        state = probe_langfuse(f"http://127.0.0.1:{server.port}")
    assert (state.status, state.cause) == (Status.FAILED, Cause.SERVER_ERROR)


def test_unreachable_is_not_well() -> None:
    state = probe_langfuse("http://127.0.0.1:1")
    assert (state.status, state.cause) == (Status.FAILED, Cause.REFUSED)
    assert "LANGFUSE_HOST" in state.next_step


def test_says_that_it_is_not_well_with_a_200() -> None:
    state = look(as_json({"status": "starting", "version": "3.1.0"}))
    assert (state.status, state.cause) == (Status.FAILED, Cause.SERVER_ERROR)


@pytest.mark.parametrize(
    "answer", [Response(HTML), as_json({}), as_json([])], ids=["HTML", "empty", "a list"]
)
def test_something_else_answers(answer: Response) -> None:
    state = look(answer)
    assert (state.status, state.cause) == (Status.FAILED, Cause.NONSENSE)


def test_not_configured_or_no_address() -> None:
    assert probe_langfuse(None).cause is Cause.NOT_CONFIGURED
    state = probe_langfuse("langfuse.invalid")
    assert (state.status, state.cause) == (Status.NOT_CHECKED, Cause.ERROR)
