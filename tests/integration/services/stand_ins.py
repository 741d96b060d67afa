"""Stand-ins for OpenAI, Trello, an object store and a plain endpoint.

Each checks the credentials as the real one does, and answers what that answers.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from tests.integration.services.peers import LOOPBACK

OPENAI_KEY = "sk-proj-marked_A-secret-0123456789"
OPENAI_WRONG = "sk-proj-marked_B-secret-0123456789"
OPENAI_RESTRICTED = "sk-proj-marked_C-secret-0123456789"
OPENAI_SPENT = "sk-proj-marked_D-secret-0123456789"
TRELLO_KEY = "0123456789abcdef0123456789abcdef"
TRELLO_TOKEN = "ATTA" + "fedcba9876543210" * 4
TRELLO_WRONG = "ATTA" + "00ff00ff00ff00ff" * 4
USER, PASSWORD = "watcher", "marked:secret/of@the endpoint"
HTML = "<!DOCTYPE html><html><body><h1>Sign in</h1></body></html>"
XML = "<?xml version='1.0' encoding='UTF-8'?><Error><Code>{}</Code><Message>no</Message></Error>"

Answers = Callable[[Request], Response]


def as_json(document: Any, status: int = 200, **headers: str) -> Response:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Response(json.dumps(document), status, named, content_type="application/json")


def openai_error(status: int, message: str, code: str | None = None, **headers: str) -> Response:
    error = {"message": message, "type": "invalid_request_error", "param": None, "code": code}
    return as_json({"error": error}, status, **headers)


def openai(request: Request) -> Response:
    key = request.headers.get("Authorization", "").removeprefix("Bearer ")
    if request.path != "/v1/models":
        return openai_error(404, f"Invalid URL (GET {request.path})")
    if key == OPENAI_RESTRICTED:
        return openai_error(
            401,
            "You have insufficient permissions for this operation. Missing scopes: api.model.read.",
        )
    if key == OPENAI_SPENT:
        said = "You exceeded your current quota, please check your plan and billing details."
        return openai_error(429, said, "insufficient_quota")
    if key != OPENAI_KEY:
        return openai_error(401, f"Incorrect API key provided: {key}.", "invalid_api_key")
    models = [{"id": name, "object": "model"} for name in ("gpt-5", "gpt-5-mini")]
    return as_json({"object": "list", "data": models})


TOKEN = {
    "id": "5f0c0ffee",
    "identifier": "studioops",
    "idMember": "5f0c0ffee0",
    "dateCreated": "2025-01-01T00:00:00.000Z",
    "dateExpires": None,
    "permissions": [
        {"idModel": "*", "modelType": "Board", "read": True, "write": True},
        {"idModel": "5f0c0ffee0", "modelType": "Member", "read": True, "write": False},
    ],
}


def trello(request: Request) -> Response:
    given = dict(re.findall(r'(\w+)="([^"]*)"', request.headers.get("Authorization", "")))
    if given.get("oauth_consumer_key") != TRELLO_KEY:
        return Response("invalid key", 401)
    if given.get("oauth_token") != TRELLO_TOKEN:
        return Response("invalid token", 401)
    if request.path != f"/1/tokens/{TRELLO_TOKEN}":
        return Response("model not found", 404)
    return as_json(TOKEN)


def endpoint(request: Request) -> Response:
    given = request.authorization
    if given is None or (given.username, given.password) != (USER, PASSWORD):
        return Response("no", 401)
    return as_json({"status": "ok"})


def nobody_knows(_: Request) -> Response:
    return Response(XML.format("InvalidAccessKeyId"), 403)


class StandIn:
    """A server that answers as the service does, or as it was told to."""

    def __init__(self, server: HTTPServer, answers: Answers) -> None:
        self._answers = answers
        self._told: Response | None = None
        self.port = server.port
        self.requests: list[Request] = []
        server.expect_request(re.compile(".*")).respond_with_handler(self._answer)

    @contextmanager
    def told(self, answer: Response | None) -> Iterator[None]:
        """Answer so, whoever asks; None for as the service does."""
        self._told = answer
        try:
            yield
        finally:
            self._told = None

    def _answer(self, request: Request) -> Response:
        self.requests.append(request)
        return self._told or self._answers(request)


class QuickServer(HTTPServer):
    """One that does not take half a second to stop."""

    def thread_target(self) -> None:
        assert self.server is not None
        self.server.serve_forever(poll_interval=0.02)


@contextmanager
def stand_in(answers: Answers, **options: Any) -> Iterator[StandIn]:
    """A server that answers so."""
    with QuickServer(LOOPBACK, threaded=True, **options) as server:
        yield StandIn(server, answers)


TOO_OFTEN = {"error": "API_TOKEN_LIMIT_EXCEEDED", "message": "Rate limit exceeded"}
LATER = "429 with Retry-After"
NEVER_SAID = "429 without Retry-After"


def failures(service: str) -> Mapping[str, Response]:
    """What a service answers that fails, by how it fails."""
    html = Response(HTML, content_type="text/html")
    if service == "openai":
        said = "Rate limit reached for requests"
        return {
            "403": openai_error(403, "Country not supported", "unsupported_country"),
            LATER: openai_error(429, said, "rate_limit_exceeded", Retry_After="7"),
            NEVER_SAID: openai_error(429, said, "rate_limit_exceeded"),
            "500": openai_error(500, "The server had an error"),
            "HTML": html,
        }
    if service == "object store":
        return {
            "403": Response(XML.format("AccessDenied"), 403),
            LATER: Response(XML.format("SlowDown"), 503, {"Retry-After": "7"}),
            NEVER_SAID: Response(XML.format("TooManyRequests"), 429),
            "500": Response(XML.format("InternalError"), 500),
            "HTML": html,
        }
    return {
        "403": Response("forbidden", 403),
        LATER: as_json(TOO_OFTEN, 429, Retry_After="7"),
        NEVER_SAID: as_json(TOO_OFTEN, 429),
        "500": Response("Internal Server Error", 500),
        "HTML": html,
    }
