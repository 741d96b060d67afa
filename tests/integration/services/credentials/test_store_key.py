"""Keys of an object store: whole, read-only, wrong, and cut off half-way; nothing stays behind."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from werkzeug import Request, Response

from studioops.local.object_store import ObjectStoreServer
from studioops.model import Status
from studioops.objectstore import ObjectStore, open_object_store
from studioops.services import Cause
from studioops.services.credentials import Credential
from studioops.services.credentials.canary import CONTENT, PREFIX, Canary, sweep
from studioops.services.credentials.object_store import check_object_store
from tests.integration.services.stand_ins import XML, StandIn, stand_in

SECRET = "marked-secret-of-a-reader-0123456789"
READER = "READERKEYOFTHETEST00"
BUCKET = "evidence"


def look(store: ObjectStore, bucket: str = BUCKET, **more: Any) -> Credential:
    seen = check_object_store(store, bucket, **more)
    assert SECRET not in repr(seen)
    return seen


def left_in(store: ObjectStore, bucket: str = BUCKET) -> list[str]:
    return [one.key for page in store.pages(bucket) for one in page]


@dataclass(frozen=True, slots=True)
class WithReader(ObjectStoreServer):
    """A store that knows a key which may read, beside the one that may all."""

    def _identities(self) -> str:
        known = json.loads(ObjectStoreServer._identities(self))
        keys = [{"accessKey": READER, "secretKey": SECRET}]
        known["identities"].append({"name": "r", "credentials": keys, "actions": ["Read", "List"]})
        return json.dumps(known)


@pytest.fixture(scope="module")
def server(object_store_server: ObjectStoreServer, stack_dir: Any) -> Iterator[ObjectStoreServer]:
    from studioops.local.object_store import PORT_NAMES
    from studioops.local.ports import GRPC_OFFSET, pick

    ports = dict(zip(PORT_NAMES, pick(len(PORT_NAMES), (0, GRPC_OFFSET)), strict=True))
    home = stack_dir / "objects-with-reader"
    log = stack_dir / "objects-with-reader.log"
    made = WithReader(home, log, ports, object_store_server.secrets)
    try:
        made.start()
        yield made
    finally:
        made.stop()


@pytest.fixture
def store(server: ObjectStoreServer) -> Iterator[ObjectStore]:
    with open_object_store(server.endpoint, server.access_key, server.secret_key) as opened:
        opened.ensure_buckets([BUCKET])
        yield opened


def test_a_key_that_may_all_that_is_needed_and_leaves_nothing(store: ObjectStore) -> None:
    store.ensure_buckets(["documents", "elsewhere"])
    seen = look(store, needed=(BUCKET, "documents"), secret="minioadmin")
    assert (seen.status, seen.cause) == (Status.PASSED, Cause.OK)
    assert seen.may == ("put objects", "get objects", "delete objects", "list buckets")
    assert seen.beyond_need == ("see 1 buckets more (elsewhere)",)
    assert (seen.weak, seen.unknown) == ("is a known default", ())
    assert left_in(store) == []


def test_a_key_that_may_only_read_is_seen_as_such_and_is_no_outage(
    server: ObjectStoreServer, store: ObjectStore
) -> None:
    with open_object_store(server.endpoint, READER, SECRET) as reader:
        seen = look(reader)
    assert (seen.status, seen.cause) == (Status.FAILED, Cause.FORBIDDEN)
    assert seen.message.startswith(
        "the key may list objects, and not put objects (it is read-only)"
    )
    assert seen.next_step == "let the key's policy allow it to put objects"
    assert seen.may == ("list objects",)
    assert left_in(store) == []


@pytest.mark.parametrize(("key", "secret"), [("NOBODY", SECRET), (READER, "wrong" + SECRET)])
def test_a_wrong_key(server: ObjectStoreServer, store: ObjectStore, key: str, secret: str) -> None:
    with open_object_store(server.endpoint, key, secret) as opened:
        seen = look(opened)
    assert (seen.status, seen.cause, seen.may) == (Status.FAILED, Cause.UNAUTHORISED, ())
    assert "read-only" not in seen.message
    assert left_in(store) == []


def test_a_bucket_that_keeps_versions_keeps_none_of_it(store: ObjectStore) -> None:
    store.ensure_buckets(["versioned"])
    store.client.put_bucket_versioning(
        Bucket="versioned", VersioningConfiguration={"Status": "Enabled"}
    )
    assert look(store, "versioned").status is Status.PASSED
    kept = store.client.list_object_versions(Bucket="versioned")
    assert (kept.get("Versions", []), kept.get("DeleteMarkers", [])) == ([], [])


def test_no_bucket_and_no_store_say_nothing_of_the_key(store: ObjectStore) -> None:
    seen = look(store, "never-made")
    assert seen.status is Status.NOT_CHECKED
    assert "there is no such bucket" in seen.message
    with open_object_store("127.0.0.1:1", "key", SECRET) as away:
        seen = look(away, secret="changeme")
    assert (seen.status, seen.cause) == (Status.NOT_CHECKED, Cause.REFUSED)
    assert seen.weak == "is a placeholder"
    assert check_object_store(None, BUCKET).cause is Cause.NOT_CONFIGURED


def test_a_store_that_is_silent_takes_no_longer_than_the_limit(silent_port: int) -> None:
    with open_object_store(f"127.0.0.1:{silent_port}", "key", SECRET, timeout=2) as store:
        seen = look(store, timeout=0.3)
    assert (seen.status, seen.cause) == (Status.NOT_CHECKED, Cause.TIMEOUT)
    assert seen.seconds < 1.9


def test_what_a_killed_look_left_is_removed_by_a_later_one(store: ObjectStore) -> None:
    canary = Canary(store, BUCKET)
    canary._put()
    assert len(left_in(store)) == 1
    store.put(BUCKET, "data-docs/index.html", b"ours too")
    assert look(store).status is Status.PASSED
    # Another look may just be on its way.
    assert len([key for key in left_in(store) if key.startswith(PREFIX)]) == 1
    assert sweep(store, BUCKET, datetime.now(UTC) + timedelta(hours=2)) == ()
    assert left_in(store) == ["data-docs/index.html"]
    store.client.delete_object(Bucket=BUCKET, Key="data-docs/index.html")


def refused(status: int, code: str) -> Response:
    return Response(XML.format(code), status)


class Store:
    """A store that keeps one object, and refuses what it is told to."""

    def __init__(self, **refusals: Response) -> None:
        self.refusals, self.asked = refusals, list[str]()

    def __call__(self, request: Request) -> Response:
        self.asked.append(request.method)
        if request.method in self.refusals:
            return self.refusals[request.method]
        if request.method == "PUT":
            return Response("", 200, {"x-amz-version-id": "v7"})
        return Response("", 204) if request.method == "DELETE" else Response("else", 200)


def fly(told: Store) -> tuple[Credential, StandIn]:
    with (
        stand_in(told) as server,
        open_object_store(f"127.0.0.1:{server.port}", "key", SECRET) as store,
    ):
        return look(store), server


@pytest.mark.parametrize(
    ("answer", "status", "cause"),
    [
        (refused(500, "InternalError"), Status.NOT_CHECKED, Cause.SERVER_ERROR),
        (refused(403, "AccessDenied"), Status.FAILED, Cause.FORBIDDEN),
        (Response("something else"), Status.NOT_CHECKED, Cause.ERROR),
    ],
)
def test_one_that_is_cut_off_half_way_is_removed(
    answer: Response, status: Status, cause: Cause
) -> None:
    told = Store(GET=answer)
    seen, server = fly(told)
    assert (seen.status, seen.cause) == (status, cause)
    assert told.asked == ["PUT", "GET", "DELETE"]
    # Without its version a store that keeps versions would keep it.
    assert server.requests[-1].args["versionId"] == "v7"
    assert "stayed behind" not in seen.message


def test_one_whose_answer_was_lost_is_removed_all_the_same() -> None:
    told = Store(PUT=refused(500, "InternalError"))
    seen, _ = fly(told)
    assert (seen.status, told.asked) == (Status.NOT_CHECKED, ["PUT", "DELETE"])


def test_a_key_that_may_not_delete_says_what_it_left() -> None:
    told = Store(DELETE=refused(403, "AccessDenied"), GET=Response(CONTENT))
    seen, _ = fly(told)
    assert (seen.status, seen.cause) == (Status.FAILED, Cause.FORBIDDEN)
    assert seen.may == ("put objects", "get objects")
    assert "and not delete objects" in seen.message
    assert f"{BUCKET}/{PREFIX}" in seen.message
    assert "stayed behind" in seen.message
