"""What fails, and how often it is tried.

Request N fails, for N = 1, 2, … until the work comes through without meeting a fault. That is
with ``STUDIOOPS_FAULTS=all``; a common run of the suite has time for some kinds of faults, and for
a few requests: of a write in two parts a question before it, the first part, and the request that
completes it::

    STUDIOOPS_FAULTS=all python -m pytest tests/faults
"""

from __future__ import annotations

import os
import subprocess
import tempfile
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from itertools import count
from pathlib import Path
from types import SimpleNamespace

import psycopg
import pytest

from studioops.objectstore import ObjectStore, open_object_store
from studioops.objectstore.vault import BucketVault, bucket
from tests.faults.proxy import Fault, FaultProxy
from tests.faults.world import ANSWER_S, SHOP

VARIABLE = "STUDIOOPS_FAULTS"
ALL = bool(os.environ.get(VARIABLE))
SEED = os.environ.get("STUDIOOPS_FAULTS_SEED", "studioops")
SOME = (1, 3, 5)
STRIDE = 5
TIMEOUT_S = 1800

Through = Callable[..., BucketVault]
Tiny = Callable[[str], Path]
CASES = [(fault, attempts) for fault in Fault for attempts in (1, 4)]
some_faults = pytest.mark.parametrize(
    ("fault", "attempts"), CASES if ALL else [(Fault.ERROR, 1), (Fault.LOST, 4)]
)


def numbers(most: int, start: int = 1) -> range:
    """All from 1 on; in a common run every fifth, from a start by which cases differ."""
    return range(1, most) if ALL else range(start, most, STRIDE)


def patience(fault: Fault) -> float:
    """Seconds that a client waits for an answer: where there will be none, it waits them all."""
    return 2 if fault is Fault.STALL else ANSWER_S


def pytest_configure() -> None:
    said = os.environ.get(VARIABLE, "")
    if said not in ("", "all"):
        raise pytest.UsageError(f"{VARIABLE} is {said!r}; set it to all, or not at all")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """All requests in turn take longer than one test may, above all on a machine that is busy."""
    for one in items if ALL else ():
        one.add_marker(pytest.mark.timeout(TIMEOUT_S))


@pytest.fixture(scope="session")
def positions() -> Callable[[], Iterator[int]]:
    """The numbers of the request that fails; whoever takes them stops at an untouched run."""
    return lambda: count(1) if ALL else iter(SOME)


@pytest.fixture
def no_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    """Retries wait for seconds; here nobody is to be spared."""
    calm = SimpleNamespace(sleep=lambda _: None, time=time.time)
    monkeypatch.setattr("botocore.endpoint.time", calm)
    monkeypatch.setattr(bucket, "PAUSE_S", 0.01)


@pytest.fixture
def proxy(object_store_server) -> Iterator[FaultProxy]:
    """A proxy before the real object store, without faults at first."""
    with FaultProxy(object_store_server.endpoint) as started:
        yield started


@pytest.fixture
def direct(object_store_server) -> Iterator[ObjectStore]:
    """The object store without the proxy: how things really are."""
    server = object_store_server
    keys = server.access_key, server.secret_key
    with open_object_store(server.endpoint, *keys, timeout=ANSWER_S) as opened:
        yield opened


@pytest.fixture
def kept(direct: ObjectStore) -> Iterator[BucketVault]:
    """An empty bucket of the test's own as a vault, without the proxy."""
    name = f"faults-{uuid.uuid4().hex}"
    direct.ensure_buckets([name])
    vault = BucketVault(direct, name)
    yield vault
    vault.remove([one.name for one in vault.entries()])
    direct.client.delete_bucket(Bucket=name)


@pytest.fixture
def through(object_store_server, proxy: FaultProxy, kept: BucketVault) -> Iterator[Through]:
    """The same bucket through the proxy: ``through(4, patience(fault))``."""
    server = object_store_server
    with ExitStack() as stack:

        def make(attempts: int = 1, timeout: float = ANSWER_S) -> BucketVault:
            opened = open_object_store(
                proxy.endpoint,
                server.access_key,
                server.secret_key,
                attempts=attempts,
                timeout=timeout,
            )
            return BucketVault(stack.enter_context(opened), kept.bucket)

        yield make


@pytest.fixture(scope="module")
def shop_template(cluster) -> Iterator[str]:
    """The shop, loaded once a module."""
    name = cluster.clone("template0")
    with psycopg.connect(cluster.dsn(name), autocommit=True) as connection:
        connection.execute(SHOP)
    yield name
    cluster.drop(name)


@pytest.fixture
def shop_dsn(cluster, shop_template: str) -> str:
    """The shop, which nobody here writes to."""
    return cluster.dsn(shop_template)


@pytest.fixture
def private_tmp(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Plain files lie where nobody else's do."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))


@pytest.fixture
def tiny(tmp_path: Path) -> Iterator[Tiny]:
    """Makes a directory on a disk of its own, of so many bytes."""
    made: list[Path] = []

    def make(size: str) -> Path:
        place = tmp_path / f"tiny-{len(made)}"
        place.mkdir()
        options = f"size={size},mode=0700"
        words = ["mount", "-t", "tmpfs", "-o", options, "tmpfs", str(place)]
        if subprocess.run(words, capture_output=True, check=False).returncode:
            pytest.skip("no tmpfs can be mounted here: this needs root and its CAP_SYS_ADMIN")
        made.append(place)
        return place

    yield make
    for one in made:
        subprocess.run(["umount", "--lazy", str(one)], capture_output=True, check=False)
