"""What the object store room says when a call fails; it never says the key's secret."""

from __future__ import annotations

import pickle
import time
import traceback
from collections.abc import Callable

import pytest

from studioops.errors import (
    NoSuchObject,
    ObjectStoreDenied,
    ObjectStoreError,
    ObjectStoreUnreachable,
)
from studioops.local.object_store import ObjectStoreServer
from studioops.objectstore import ObjectStore, open_object_store

SECRET = "a-secret-that-nobody-should-see"


def failure(endpoint: str, key: str = "AKIAWRONG", **options: float | bool) -> ObjectStoreError:
    """The error of a first call; checked to hold no secret anywhere."""
    with (
        open_object_store(
            endpoint, key, SECRET, timeout=0.5, secure=bool(options.get("secure"))
        ) as store,
        pytest.raises(ObjectStoreError) as caught,
    ):
        store.buckets()
    shown = "".join(traceback.format_exception(caught.value)) + repr(store)
    assert SECRET not in shown
    copied = pickle.loads(pickle.dumps(caught.value))  # noqa: S301 - as Airflow hands it on
    assert copied.next_step == caught.value.next_step
    assert caught.value.message.startswith(endpoint)
    return caught.value


def test_nobody_listens() -> None:
    error = failure("127.0.0.1:1")
    assert isinstance(error, ObjectStoreUnreachable)
    assert error.message == "127.0.0.1:1: no connection: connection refused"
    assert "MINIO_ENDPOINT" in error.next_step


def test_no_such_host() -> None:
    error = failure("nowhere.invalid:9000")
    assert error.message == "nowhere.invalid:9000: no connection: no such host"


def test_peer_that_never_answers(silent_peer: str) -> None:
    began = time.monotonic()
    error = failure(silent_peer)
    assert isinstance(error, ObjectStoreUnreachable)
    assert error.message.endswith("no answer in time")
    # Its limit is a second; other tests may want the cores meanwhile.
    assert time.monotonic() - began < 5


def test_wrong_key_id(object_store_server: ObjectStoreServer) -> None:
    error = failure(object_store_server.endpoint)
    assert isinstance(error, ObjectStoreDenied)
    assert "does not know this key id (InvalidAccessKeyId)" in error.message
    assert error.next_step == "check MINIO_ACCESS_KEY"


def test_wrong_secret(object_store_server: ObjectStoreServer) -> None:
    error = failure(object_store_server.endpoint, object_store_server.access_key)
    assert isinstance(error, ObjectStoreDenied)
    assert "SignatureDoesNotMatch" in error.message
    assert error.next_step.startswith("check MINIO_SECRET_KEY")


def test_tls_where_there_is_none(object_store_server: ObjectStoreServer) -> None:
    error = failure(object_store_server.endpoint, secure=True)
    assert isinstance(error, ObjectStoreUnreachable)
    assert error.next_step == "check MINIO_SECURE"


@pytest.mark.parametrize(
    ("status", "body", "kind", "said"),
    [
        (200, b"<html>hello</html>", ObjectStoreError, "is no S3 store"),
        (200, b"not even html", ObjectStoreUnreachable, "in trouble (500"),
        (404, b"<html>nothing here</html>", NoSuchObject, "nothing of that name"),
        (403, b"", ObjectStoreDenied, "refuses"),
        (400, b"", ObjectStoreError, "HTTP 400"),
        (503, b"", ObjectStoreUnreachable, "in trouble (503, HTTP 503)"),
        (200, b"<ListAllMyBucketsResult>cut", ObjectStoreUnreachable, "in trouble (500"),
    ],
)
def test_something_else_answers(
    web_server: Callable[[int, bytes], str],
    status: int,
    body: bytes,
    kind: type[ObjectStoreError],
    said: str,
) -> None:
    error = failure(web_server(status, body))
    assert type(error) is kind
    assert said in error.message


def test_missing_bucket(store: ObjectStore) -> None:
    for call in (lambda: store.put("not-there", "a", b""), lambda: store.get("not-there", "a")):
        with pytest.raises(NoSuchObject, match="not-there/a: there is no such bucket"):
            call()
    assert "not-there" not in store.buckets()


def test_missing_object(store: ObjectStore, bucket: str) -> None:
    with pytest.raises(NoSuchObject, match=f"{bucket}/a/b: there is no such object"):
        store.get(bucket, "a/b")


def test_bucket_name_that_cannot_be(store: ObjectStore) -> None:
    with pytest.raises(ObjectStoreError, match="Not A Bucket: ParamValidationError"):
        store.ensure_buckets(["Not A Bucket"])


def test_broken_aws_profile_of_the_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_PROFILE", "nobody-has-this")
    with pytest.raises(ObjectStoreError, match="ProfileNotFound") as caught:
        open_object_store("127.0.0.1:1", "key", SECRET)
    assert "AWS files" in caught.value.next_step


def test_object_cut_off_in_the_middle(
    web_server: Callable[[int, bytes], str], store: ObjectStore
) -> None:
    """The peer goes away before the last byte: half an object is none."""
    endpoint = web_server(200, b"first half cut")
    with (
        open_object_store(endpoint, "key", SECRET, timeout=1) as cut,
        pytest.raises(ObjectStoreUnreachable, match="bucket/a: no connection: it broke"),
    ):
        cut.get("bucket", "a")


def test_object_that_stops_coming(silent_peer: str) -> None:
    with (
        open_object_store(silent_peer, "key", SECRET, timeout=0.3) as silent,
        pytest.raises(ObjectStoreUnreachable, match="bucket/a: no answer in time"),
    ):
        silent.get("bucket", "a")


def test_putting_where_nobody_listens_is_told_with_the_object() -> None:
    with (
        open_object_store("127.0.0.1:1", "key", SECRET) as store,
        pytest.raises(
            ObjectStoreUnreachable, match="bucket/a: no connection: connection refused"
        ) as caught,
    ):
        store.put("bucket", "a", b"data")
    assert caught.value.retryable


def test_credentials_that_may_not_be_retried(object_store_server: ObjectStoreServer) -> None:
    assert not failure(object_store_server.endpoint).retryable
