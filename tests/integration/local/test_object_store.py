"""An object store of our own: closed to others, whole after a crash."""

from __future__ import annotations

import os
import shutil
import signal
from collections.abc import Iterator
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import boto3
import psutil
import pytest
from botocore.exceptions import ClientError
from mypy_boto3_s3 import S3Client

from studioops.errors import LocalStackError, NotOurs
from studioops.local import object_store as module
from studioops.local.object_store import PORT_NAMES, SOCKETS, ObjectStoreServer
from studioops.local.ports import GRPC_OFFSET, LOOPBACK, pick
from studioops.local.processes import is_alive, wait_for
from studioops.local.state import LocalPaths, load_secrets

DEFAULTS = ["admin", "minioadmin", "some_access_key1", "seaweedfs", "any", "root"]


@pytest.fixture
def server(stack_dir: Path) -> Iterator[ObjectStoreServer]:
    """A server of the test's own."""
    home = stack_dir / "own-objects"
    ports = dict(zip(PORT_NAMES, pick(len(PORT_NAMES), (0, GRPC_OFFSET)), strict=True))
    one = ObjectStoreServer(home, home / "log", ports, load_secrets(LocalPaths(home)))
    one.start()
    yield one
    one.stop()
    shutil.rmtree(home)


def client(server: ObjectStoreServer, key: str = "", secret: str = "") -> S3Client:
    made: S3Client = boto3.client(
        "s3",
        endpoint_url=f"http://{server.endpoint}",
        aws_access_key_id=key or server.access_key,
        aws_secret_access_key=secret or server.secret_key,
        region_name="us-east-1",
    )
    return made


def code(error: pytest.ExceptionInfo[ClientError]) -> int:
    return int(error.value.response["ResponseMetadata"]["HTTPStatusCode"])


@pytest.mark.parametrize("name", DEFAULTS)
def test_known_defaults_are_refused(object_store_server: ObjectStoreServer, name: str) -> None:
    with pytest.raises(ClientError) as caught:
        client(object_store_server, name, name).list_buckets()
    assert code(caught) == 403


def test_the_right_key_with_a_wrong_secret_is_refused(
    object_store_server: ObjectStoreServer,
) -> None:
    with pytest.raises(ClientError) as caught:
        client(object_store_server, secret="wrong").list_buckets()
    assert code(caught) == 403


def test_the_anonymous_are_refused_also_behind_s3(object_store_server: ObjectStoreServer) -> None:
    own = client(object_store_server)
    own.create_bucket(Bucket="closed")
    own.put_object(Bucket="closed", Key="k", Body=b"x")
    for name, path, method in (
        ("s3", "/closed/k", "GET"),
        ("s3", "/closed/new", "PUT"),
        ("filer", "/buckets/closed/k", "GET"),
        ("filer", "/buckets/closed/k", "DELETE"),
        ("filer", "/buckets/closed/new", "PUT"),
    ):
        url = f"http://{LOOPBACK}:{object_store_server.ports[name]}{path}"
        with pytest.raises(HTTPError) as caught:
            urlopen(Request(url, data=b"y" if method == "PUT" else None, method=method), timeout=5)
        assert caught.value.code in (401, 403), url
    assert own.get_object(Bucket="closed", Key="k")["Body"].read() == b"x"


def test_a_bucket_is_not_made_by_writing_to_it(object_store_server: ObjectStoreServer) -> None:
    with pytest.raises(ClientError) as caught:
        client(object_store_server).put_object(Bucket="absent", Key="k", Body=b"x")
    assert caught.value.response["Error"]["Code"] == "NoSuchBucket"


def test_it_listens_on_loopback_alone(object_store_server: ObjectStoreServer) -> None:
    listening = [
        one.laddr
        for process in object_store_server.session.members()
        for one in process.net_connections("inet")
        if one.status == psutil.CONN_LISTEN
    ]
    own = set(object_store_server.ports.values())
    assert {address.ip for address in listening} == {LOOPBACK}
    assert {address.port for address in listening} == own | {port + GRPC_OFFSET for port in own}


def test_the_secrets_are_in_no_command_line_and_no_log(
    object_store_server: ObjectStoreServer,
) -> None:
    told = " ".join(word for one in object_store_server.session.members() for word in one.cmdline())
    told += object_store_server.log.read_text()
    assert not [value for value in object_store_server.secrets.values() if value in told]


def test_a_crash_loses_nothing_that_was_written(server: ObjectStoreServer) -> None:
    own = client(server)
    own.create_bucket(Bucket="kept")
    content = os.urandom(300_000)
    own.put_object(Bucket="kept", Key="a/b", Body=content)
    pid = server.session.running()
    assert pid is not None
    os.kill(pid, signal.SIGKILL)
    assert wait_for(lambda: server.session.running() is None, 5)
    assert not server.answers()
    server.start()
    assert server.session.running() not in (None, pid)
    assert own.get_object(Bucket="kept", Key="a/b")["Body"].read() == content


def test_other_ports_serve_the_same_objects(server: ObjectStoreServer) -> None:
    own = client(server)
    own.create_bucket(Bucket="moved")
    own.put_object(Bucket="moved", Key="k", Body=b"x" * 100_000)
    server.stop()
    fresh = dict(zip(PORT_NAMES, pick(len(PORT_NAMES), (0, GRPC_OFFSET)), strict=True))
    moved = ObjectStoreServer(server.home, server.log, fresh, server.secrets)
    moved.start()
    try:
        found = client(moved).get_object(Bucket="moved", Key="k")["Body"].read()
        client(moved).put_object(Bucket="moved", Key="new", Body=b"y")
    finally:
        moved.stop()
    assert found == b"x" * 100_000


def test_a_taken_port_is_not_ours(server: ObjectStoreServer) -> None:
    other = ObjectStoreServer(server.home / "other", server.log, server.ports, server.secrets)
    with pytest.raises(NotOurs, match="taken by somebody else"):
        other.start()


def test_one_that_does_not_start_says_why(
    server: ObjectStoreServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    server.stop()
    monkeypatch.setattr(module, "ACTIONS", {"no": "list"})
    with pytest.raises(LocalStackError, match="did not start") as caught:
        server.start()
    assert str(server.log) in caught.value.next_step


def test_a_stop_leaves_nobody_and_nothing(server: ObjectStoreServer) -> None:
    processes = server.session.members()
    server.stop()
    assert server.session.members() == []
    assert not any(map(is_alive, processes))
    left = {path.name for path in SOCKETS.glob("seaweedfs-*.sock")}
    ports = [str(port) for one in server.ports.values() for port in (one, one + GRPC_OFFSET)]
    assert not [name for name in left if name.removesuffix(".sock").rpartition("-")[2] in ports]
    server.stop()
