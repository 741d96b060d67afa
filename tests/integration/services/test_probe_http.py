"""The probe of any HTTP endpoint: what the matrix does not ask."""

from __future__ import annotations

import ssl
import threading
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from werkzeug import Request, Response

from studioops.model import Status
from studioops.services import Cause, ServiceState
from studioops.services.probes import probe_http
from tests.integration.services.peers import drip, peer, saying, self_made
from tests.integration.services.stand_ins import HTML, PASSWORD, USER, as_json, endpoint, stand_in

SECRET = "a-token-that-nobody-should-see"


def well(_: Request) -> Response:
    return as_json({"status": "ok"})


def down(state: ServiceState, cause: Cause) -> ServiceState:
    assert (state.status, state.cause) == (Status.FAILED, cause), state
    assert state.next_step
    return state


def with_certificate(pem: Path, monkeypatch: pytest.MonkeyPatch, url: str = "") -> ServiceState:
    """A look at a server whose certificate vouches for itself, and is trusted."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(pem)
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(pem))
    with stand_in(well, ssl_context=context) as server:
        return probe_http(url or f"https://127.0.0.1:{server.port}/")


def test_certificate_is_read_from_the_very_connection(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    state = with_certificate(self_made(tmp_path / "good.pem", days=90), monkeypatch)
    assert (state.status, state.cause) == (Status.PASSED, Cause.OK), state
    expires = datetime.fromisoformat(state.details["certificate_expires"])
    assert abs(expires - datetime.now(UTC) - timedelta(days=90)) < timedelta(minutes=5)


def test_certificate_that_expires_soon_is_degraded(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    state = with_certificate(self_made(tmp_path / "old.pem", days=5.5), monkeypatch)
    assert (state.status, state.cause) == (Status.PASSED, Cause.EXPIRES_SOON), state
    assert "expires in 5 days" in state.message
    assert state.next_step == "renew the certificate"


def test_certificate_that_has_expired(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    state = down(
        with_certificate(self_made(tmp_path / "gone.pem", days=-1), monkeypatch), Cause.TLS
    )
    assert "certificate has expired" in state.message


def test_certificate_of_another_host(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pem = self_made(tmp_path / "other.pem", host="127.0.0.2")
    state = down(with_certificate(pem, monkeypatch), Cause.TLS)
    assert "mismatch" in state.message


def test_certificate_that_nobody_vouches_for_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(self_made(tmp_path / "own.pem"))
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(self_made(tmp_path / "trusted.pem")))
    with stand_in(well, ssl_context=context) as server:
        state = down(probe_http(f"https://127.0.0.1:{server.port}/"), Cause.TLS)
    assert "REQUESTS_CA_BUNDLE" in state.next_step


def test_list_of_authorities_that_is_not_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(tmp_path / "gone.pem"))
    state = down(probe_http("https://127.0.0.1:1/"), Cause.TLS)
    assert "the list of authorities can't be read" in state.message


def test_plain_http_where_tls_is_asked_for() -> None:
    with peer(saying(b"HTTP/1.1 400 Bad Request\r\n\r\n")) as port:
        down(probe_http(f"https://127.0.0.1:{port}/"), Cause.TLS)


def test_redirect_is_not_followed_and_its_target_not_told() -> None:
    def login(_: Request) -> Response:
        return Response("", 302, {"Location": f"https://login.invalid/?token={SECRET}"})

    with stand_in(login) as server:
        state = down(probe_http(f"http://127.0.0.1:{server.port}/a"), Cause.NONSENSE)
        assert len(server.requests) == 1
    assert "redirects (HTTP 302)" in state.message
    assert SECRET not in repr(state)


def test_status_that_is_wanted_is_well_whatever_it_is() -> None:
    with stand_in(endpoint) as server:
        state = probe_http(f"http://127.0.0.1:{server.port}/", status=(401, 403))
    assert (state.status, state.cause) == (Status.PASSED, Cause.OK), state
    assert state.details == {"status": 401}


def test_status_that_is_not_wanted() -> None:
    with stand_in(lambda _: Response("", 404)) as server:
        state = down(probe_http(f"http://127.0.0.1:{server.port}/"), Cause.NONSENSE)
    assert "HTTP 404" in state.message
    assert state.details == {"status": 404}


def test_trouble_may_name_a_time_too() -> None:
    with stand_in(lambda _: Response("", 503, {"Retry-After": "30"})) as server:
        state = down(probe_http(f"http://127.0.0.1:{server.port}/"), Cause.SERVER_ERROR)
    assert state.retry_after_s == 30


def test_body_that_does_not_hold_what_it_must() -> None:
    with stand_in(lambda _: Response(HTML)) as server:
        url = f"http://127.0.0.1:{server.port}/"
        assert probe_http(url, contains="Sign in").cause is Cause.OK
        state = down(probe_http(url, contains="all systems normal"), Cause.NONSENSE)
    assert HTML not in state.message


def test_body_without_end_is_read_to_its_first_mebibyte() -> None:
    with stand_in(lambda _: Response(b"." * 1000 for _ in iter(int, 1))) as server:
        state = probe_http(f"http://127.0.0.1:{server.port}/", timeout=10, slow_after=10)
    assert state.cause is Cause.OK, state


def test_what_does_not_speak_http() -> None:
    with peer(saying(b"220 mail.invalid ESMTP\r\n")) as port:
        down(probe_http(f"http://127.0.0.1:{port}/"), Cause.NONSENSE)


def test_look_that_is_given_up_leaves_no_thread_behind() -> None:
    """Every packet is in time: only cutting the line ends the wait."""
    began = time.monotonic()
    with peer(drip(b"HTTP/1.1 200 OK\r\nX-Y: ")) as port:
        down(probe_http(f"http://127.0.0.1:{port}/", timeout=0.4), Cause.TIMEOUT)
        assert time.monotonic() - began < 1
        for thread in threading.enumerate():
            if thread.name == "studioops probe":
                thread.join(2)
                assert not thread.is_alive()


def test_user_and_password_of_the_url_are_sent_and_not_told() -> None:
    with stand_in(endpoint) as server:
        url = (
            f"http://{USER}:marked%3Asecret%2Fof%40the%20endpoint@127.0.0.1:{server.port}/{SECRET}"
        )
        state = probe_http(url)
        assert state.cause is Cause.OK, state
        assert state.message.startswith(f"http://127.0.0.1:{server.port} answers in")
        assert PASSWORD not in repr(state)
        assert SECRET not in repr(state)


def test_netrc_is_not_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    netrc = tmp_path / "netrc"
    netrc.write_text(f"machine 127.0.0.1 login {USER} password {SECRET}\n")
    monkeypatch.setenv("NETRC", str(netrc))
    with stand_in(well) as server:
        assert probe_http(f"http://127.0.0.1:{server.port}/").cause is Cause.OK
        assert "Authorization" not in server.requests[0].headers


@pytest.mark.parametrize(
    "url",
    [
        f"host.invalid/{SECRET}",
        f"ftp://host.invalid/{SECRET}",
        f"https:///{SECRET}",
        f"http://host.invalid:port/{SECRET}",
        f"http://host.invalid:99999/{SECRET}",
        f"http://[::1/{SECRET}",
    ],
)
def test_address_that_is_none_is_not_looked_at(url: str) -> None:
    state = probe_http(url, service="shop")
    assert (state.status, state.cause) == (Status.NOT_CHECKED, Cause.ERROR)
    assert state.message == "shop: no address over HTTP is set"
    assert "https://host" in state.next_step
    assert SECRET not in repr(state)


def test_not_configured() -> None:
    state = probe_http(None, service="shop")
    assert (state.status, state.cause) == (Status.NOT_CHECKED, Cause.NOT_CONFIGURED)
