"""The clients: what they send, and what they never do."""

from __future__ import annotations

import os
import socket
from threading import Event

import openai
import pytest
import requests
from werkzeug import Response

from studioops.model import Status
from studioops.services.clients.http import HttpClient
from studioops.services.clients.openai import open_openai
from studioops.services.clients.trello import TrelloClient
from studioops.services.probes import probe_openai, probe_trello
from tests.integration.services.peers import CHUNK, peer
from tests.integration.services.stand_ins import (
    OPENAI_KEY,
    TRELLO_KEY,
    TRELLO_TOKEN,
    as_json,
    openai_error,
    stand_in,
)


def test_trello_gets_documents_and_parameters() -> None:
    with (
        stand_in(lambda _: as_json({"id": "1"})) as server,
        TrelloClient(
            TRELLO_KEY, TRELLO_TOKEN, base_url=f"http://127.0.0.1:{server.port}/1/"
        ) as client,
    ):
        answer = client.request("POST", "/cards", params={"idList": "7"}, document={"name": "a b"})
        assert (answer.status, answer.document()) == (200, {"id": "1"})
        (request,) = server.requests
        assert (request.method, request.path) == ("POST", "/1/cards")
        assert dict(request.args) == {"idList": "7"}
        assert request.get_json() == {"name": "a b"}
        expected = f'OAuth oauth_consumer_key="{TRELLO_KEY}", oauth_token="{TRELLO_TOKEN}"'
        assert request.headers["Authorization"] == expected


def test_no_redirect_carries_credentials_away() -> None:
    with stand_in(lambda _: as_json({})) as elsewhere:
        away = Response("", 307, {"Location": f"http://127.0.0.1:{elsewhere.port}/"})
        with stand_in(lambda _: away) as server:
            url = f"http://127.0.0.1:{server.port}"
            with TrelloClient(TRELLO_KEY, TRELLO_TOKEN, base_url=url) as trello:
                assert trello.request("GET", "/a").status == 307
            with open_openai(OPENAI_KEY, base_url=url) as ai, pytest.raises(openai.APIStatusError):
                ai.models.list()
        assert elsewhere.requests == []


def test_nothing_is_repeated() -> None:
    with (
        stand_in(lambda _: openai_error(500, "no", Retry_After="0")) as server,
        open_openai(OPENAI_KEY, base_url=f"http://127.0.0.1:{server.port}") as client,
    ):
        with pytest.raises(openai.InternalServerError):
            client.models.list()
        assert len(server.requests) == 1


def test_one_connection_serves_many_requests_and_is_closed_at_the_end() -> None:
    ended, talks = Event(), []

    def talk(near: socket.socket) -> None:
        talks.append(near)
        while near.recv(CHUNK):
            near.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}")
        ended.set()

    with peer(talk) as port:
        with HttpClient(5) as client:
            for _ in range(3):
                assert client.request("GET", f"http://127.0.0.1:{port}/").document() == {}
            assert not ended.is_set()
        assert ended.wait(2)
    assert len(talks) == 1


def test_client_that_was_cut_is_of_no_more_use() -> None:
    with stand_in(lambda _: as_json({})) as server, HttpClient(5) as client:
        client.cut()
        with pytest.raises(requests.RequestException):
            client.request("GET", f"http://127.0.0.1:{server.port}/")


def live(name: str) -> str:
    """A credential that was set for these tests, or a skip that says so."""
    value = os.environ.get(name, "")
    if not value:
        pytest.skip(f"{name} is not set: only its stand-in was asked")
    return value


def test_live_openai() -> None:
    key = live("STUDIOOPS_LIVE_OPENAI_API_KEY")
    state = probe_openai(key)
    assert (state.status, key in repr(state)) == (Status.PASSED, False), state.cause


def test_live_trello() -> None:
    key, token = live("STUDIOOPS_LIVE_TRELLO_API_KEY"), live("STUDIOOPS_LIVE_TRELLO_API_TOKEN")
    state = probe_trello(key, token)
    assert (state.status, token in repr(state)) == (Status.PASSED, False), state.cause
