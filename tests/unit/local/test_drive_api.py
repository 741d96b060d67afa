"""Driving Airflow when it does not do what it should: a small server that answers wrongly."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from studioops.errors import CouldNotCheck
from studioops.local import drive
from studioops.local.drive_api import AirflowApi, last_line

PASSWORD = "hunter2-of-the-test"


@dataclass
class Server:
    """Answers by verb and path, and remembers what it was asked."""

    url: str = ""
    answers: dict[str, tuple[int, object]] = field(default_factory=dict)
    asked: list[tuple[str, object]] = field(default_factory=list)


@pytest.fixture
def server() -> Iterator[Server]:
    """A server on this machine whose answers a test sets."""
    known = Server()
    known.answers["POST /auth/token"] = (201, {"access_token": "a-token"})

    class Handler(BaseHTTPRequestHandler):
        def answer(self) -> None:
            length = int(self.headers.get("Content-Length") or 0)
            body = json.loads(self.rfile.read(length)) if length else None
            known.asked.append((f"{self.command} {self.path}", body))
            code, document = known.answers.get(f"{self.command} {self.path}", (404, {}))
            content = document if isinstance(document, bytes) else json.dumps(document).encode()
            self.send_response(code)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        do_GET = do_POST = do_PATCH = answer  # noqa: N815 - the library's names

        def log_message(self, *_: object) -> None:
            """Quiet."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as running:
        known.url = f"http://127.0.0.1:{running.server_port}"
        thread = threading.Thread(target=running.serve_forever, args=(0.01,), daemon=True)
        thread.start()
        yield known
        running.shutdown()


def log_in(server: Server) -> AirflowApi:
    return AirflowApi.log_in(server.url, "admin", PASSWORD)


def test_nobody_there_is_one_line_without_the_password() -> None:
    with pytest.raises(CouldNotCheck) as caught:
        AirflowApi.log_in("http://127.0.0.1:1", "admin", PASSWORD)
    assert caught.value.message == "http://127.0.0.1:1/auth/token: no answer (ConnectionError)"
    assert "studioops up" in caught.value.next_step


def test_a_refused_login_says_so_without_the_password(server: Server) -> None:
    server.answers["POST /auth/token"] = (401, {"detail": "Invalid credentials"})
    with pytest.raises(CouldNotCheck) as caught:
        log_in(server)
    assert "401 Invalid credentials" in caught.value.message
    assert PASSWORD not in caught.value.message


def test_an_answer_that_is_no_json_is_told_shortly(server: Server) -> None:
    api = log_in(server)
    server.answers["GET /api/v2/importErrors"] = (500, b"<html>" + b"x" * 5000)
    with pytest.raises(CouldNotCheck) as caught:
        api.import_errors()
    assert "500 <html>" in caught.value.message
    assert len(caught.value.message) < 300


def test_a_dag_that_is_not_known_yet_is_none(server: Server) -> None:
    assert log_in(server).dag("maintenance") is None


def test_a_broken_dag_file_ends_the_wait_with_its_last_line(server: Server) -> None:
    trace = "Traceback (most recent call last):\n  File …\nNameError: name 'x' is not defined\n"
    broken = {"filename": "maintenance.py", "stack_trace": trace}
    server.answers["GET /api/v2/importErrors"] = (200, {"import_errors": [broken]})
    with pytest.raises(CouldNotCheck, match=r"maintenance\.py: NameError: name 'x'"):
        drive.wait_until_parsed(log_in(server), "maintenance", seconds=5)


def test_another_broken_file_is_no_reason_to_stop(server: Server) -> None:
    broken = {"filename": "other.py", "stack_trace": "NameError"}
    server.answers["GET /api/v2/importErrors"] = (200, {"import_errors": [broken]})
    server.answers["GET /api/v2/dags/maintenance"] = (200, {"is_paused": False})
    drive.wait_until_parsed(log_in(server), "maintenance", seconds=5)


def test_a_dag_that_never_comes_ends_the_wait(server: Server) -> None:
    server.answers["GET /api/v2/importErrors"] = (200, {"import_errors": []})
    with pytest.raises(CouldNotCheck, match="has not read the DAG maintenance after 0 s"):
        drive.wait_until_parsed(log_in(server), "maintenance", seconds=0)


def test_a_paused_dag_is_let_run(server: Server) -> None:
    server.answers["GET /api/v2/importErrors"] = (200, {"import_errors": []})
    server.answers["GET /api/v2/dags/maintenance"] = (200, {"is_paused": True})
    server.answers["PATCH /api/v2/dags/maintenance"] = (200, {})
    drive.wait_until_parsed(log_in(server), "maintenance", seconds=5)
    assert ("PATCH /api/v2/dags/maintenance", {"is_paused": False}) in server.asked


def test_a_run_id_is_encoded_in_addresses(server: Server) -> None:
    run_id = "manual__2026-11-23T10:00:00+00:00"
    path = "/api/v2/dags/maintenance/dagRuns/manual__2026-11-23T10%3A00%3A00%2B00%3A00"
    server.answers[f"GET {path}"] = (200, {"state": "running"})
    assert log_in(server).run_state("maintenance", run_id) == "running"
    assert drive.run_link("http://h", "maintenance", run_id).endswith("T10%3A00%3A00%2B00%3A00")


def test_runs_that_wait_or_work_are_told(server: Server) -> None:
    path = "/api/v2/dags/maintenance/dagRuns?state=queued&state=running"
    server.answers[f"GET {path}"] = (200, {"dag_runs": [{"dag_run_id": "scheduled__1"}]})
    assert log_in(server).unfinished_runs("maintenance") == ["scheduled__1"]


def test_a_trigger_names_its_target(server: Server) -> None:
    server.answers["POST /api/v2/dags/maintenance/dagRuns"] = (200, {"dag_run_id": "manual__1"})
    assert log_in(server).trigger("maintenance", {"target": "shop"}) == "manual__1"
    assert server.asked[-1][1] == {"logical_date": None, "conf": {"target": "shop"}}


def test_the_client_shows_no_token(server: Server) -> None:
    assert "a-token" not in repr(log_in(server))


@pytest.mark.parametrize(("text", "line"), [("", ""), ("a\n b \n\n", "b")])
def test_the_last_line_that_says_something(text: str, line: str) -> None:
    assert last_line(text) == line
