"""The object store's probe against a real one: every way to be down, and none of them raises."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable

from studioops.local.object_store import ObjectStoreServer
from studioops.model import Status
from studioops.objectstore import open_object_store
from studioops.services import Cause, ServiceState, probe_object_store

SECRET = "a-secret-that-nobody-should-see"
BUCKETS = ("documents", "uploads")


def look(
    endpoint: str, key: str = "AKIAWRONG", secret: str = SECRET, **options: float
) -> ServiceState:
    """One look; checked to show no secret."""
    timeout = options.get("timeout", 5)
    with open_object_store(endpoint, key, secret, timeout=timeout) as store:
        state = probe_object_store(store, BUCKETS, **options)  # type: ignore[arg-type]
    assert secret not in repr(state)
    assert state == ServiceState.from_json(state.as_json())
    return state


def down(state: ServiceState, cause: Cause) -> ServiceState:
    assert (state.status, state.cause) == (Status.FAILED, cause), state
    assert state.next_step
    return state


def test_nobody_listens() -> None:
    down(look("127.0.0.1:1"), Cause.REFUSED)


def test_no_such_host() -> None:
    down(look("nowhere.invalid:9000"), Cause.DNS)


def test_peer_that_never_answers_costs_no_more_than_the_limit(silent_port: int) -> None:
    began = time.monotonic()
    state = look(f"127.0.0.1:{silent_port}", timeout=0.5)
    assert time.monotonic() - began < 2
    down(state, Cause.TIMEOUT)
    assert state.latency_ms < 1000


def test_limit_holds_whatever_the_client_waits(silent_port: int) -> None:
    """The client's own limit starts anew with every packet; the probe's does not."""
    with open_object_store(f"127.0.0.1:{silent_port}", "key", SECRET, timeout=30) as store:
        state = probe_object_store(store, BUCKETS, timeout=0.4)
    down(state, Cause.TIMEOUT)
    assert "0.4 s" in state.message
    assert state.latency_ms < 900


def test_store_that_goes_silent_over_the_request(
    object_store_server: ObjectStoreServer, line_to: Callable[[int, bytes], int]
) -> None:
    server = object_store_server
    port = line_to(server.ports["s3"], b"GET /")
    state = look(f"127.0.0.1:{port}", server.access_key, server.secret_key, timeout=0.5)
    down(state, Cause.TIMEOUT)


def test_wrong_key_id(object_store_server: ObjectStoreServer) -> None:
    state = down(look(object_store_server.endpoint), Cause.UNAUTHORISED)
    assert state.next_step == "check MINIO_ACCESS_KEY"


def test_wrong_secret(object_store_server: ObjectStoreServer) -> None:
    server = object_store_server
    state = down(look(server.endpoint, server.access_key), Cause.UNAUTHORISED)
    assert "MINIO_SECRET_KEY" in state.next_step


def test_something_else_answers(cluster: object, database_dsn: str) -> None:
    port = database_dsn.partition("port=")[2].partition(" ")[0]
    down(look(f"127.0.0.1:{port}", timeout=2), Cause.RESET)


def test_from_empty_over_killed_to_well(own_object_store: ObjectStoreServer) -> None:
    """Nothing in it; some of the buckets; all; killed; and back with all that it had."""
    server = own_object_store
    keys = (server.access_key, server.secret_key)
    state = down(look(server.endpoint, *keys), Cause.MISSING_BUCKET)
    assert state.details == {"missing": ["documents", "uploads"]}
    assert state.message.endswith("has no bucket documents, uploads")
    assert f"--endpoint-url http://{server.endpoint}" in state.next_step

    with open_object_store(server.endpoint, *keys, timeout=5) as store:
        store.ensure_buckets(["documents"])
        state = down(probe_object_store(store, BUCKETS), Cause.MISSING_BUCKET)
        assert state.details == {"missing": ["uploads"]}
        store.ensure_buckets(BUCKETS)
        store.put("documents", "a", b"kept")

        state = probe_object_store(store, BUCKETS)
        assert (state.status, state.cause, state.next_step) == (Status.PASSED, Cause.OK, "")
        assert state.details == {"buckets": list(BUCKETS)}
        slow = probe_object_store(store, BUCKETS, slow_after=0.0001)
        assert (slow.status, slow.cause) == (Status.PASSED, Cause.SLOW)

        pid = server.session.running()
        assert pid is not None
        os.kill(pid, signal.SIGKILL)
        server.stop()
        assert probe_object_store(store, BUCKETS).cause in (Cause.REFUSED, Cause.RESET)
        down(probe_object_store(store, BUCKETS), Cause.REFUSED)
        server.start()
        assert probe_object_store(store, BUCKETS).status is Status.PASSED
        assert store.get("documents", "a") == b"kept"


def test_store_is_of_use_after_it_was_closed_on_a_look_that_took_too_long(
    object_store_server: ObjectStoreServer,
) -> None:
    server = object_store_server
    with open_object_store(server.endpoint, server.access_key, server.secret_key) as store:
        store.ensure_buckets(BUCKETS)
        for _ in range(2):
            store.close()
            assert probe_object_store(store, BUCKETS).status is Status.PASSED
