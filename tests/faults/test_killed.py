"""kill -9 at every boundary and at random: of the worker, of PostgreSQL, of the object store."""

from __future__ import annotations

import os
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import psycopg
import pytest

from studioops.local.object_store import PORT_NAMES, ObjectStoreServer
from studioops.local.ports import GRPC_OFFSET, pick
from studioops.local.postgres_server import PostgresServer
from studioops.local.state import LocalPaths, load_secrets
from studioops.model import Status
from tests.conftest import FAST
from tests.faults import world
from tests.faults.boundaries import STEPS, plant
from tests.faults.conftest import ALL
from tests.faults.killing import kill_all
from tests.faults.worker import READY
from tests.faults.world import SHOP, World

RANDOM_POINTS = 10
PATIENCE_S = 60
# In a common run, where most can be left behind.
SOME_OF_WORKER = {("take", "dump started"), ("drill", "restored")}
SOME_OF_POSTGRES = {("take", "first file shipped")}
SOME_OF_STORE = {("drill", "scratch made")}
SOME_POINTS = {"worker": ("take", 0), "postgres": ("drill", 0), "store": ("take", 4)}
EVERY = [(work, step) for work, steps in STEPS.items() for step in steps]


def steps(some: set[tuple[str, str]]) -> pytest.MarkDecorator:
    return pytest.mark.parametrize(("work", "step"), [one for one in EVERY if ALL or one in some])


def points(killed: str) -> pytest.MarkDecorator:
    every = [(work, number) for work in STEPS for number in range(RANDOM_POINTS)]
    return pytest.mark.parametrize(("work", "number"), every if ALL else [SOME_POINTS[killed]])


pytestmark = pytest.mark.usefixtures("private_tmp")


@dataclass
class Scene:
    """A world with a backup in it, and servers of its own where these are to be killed."""

    world: World
    backup_id: str
    postgres: PostgresServer | None = None
    port: int = 0
    store: ObjectStoreServer | None = None

    def run(self, work: str) -> bool:
        if work == "take":
            return world.done(self.world.take)
        return world.done(lambda: self.world.drill(self.backup_id))

    def held(self) -> None:
        """What holds after any kill: the next runs clear up, and do what they are for."""
        shelf = self.world.shelf
        assert self.backup_id in world.whole(shelf)
        taken = self.world.take().backup_id
        assert taken in shelf.ids()
        world.is_whole(shelf, taken)
        report = self.world.drill(self.backup_id)
        assert report.evidence["faithful"] == "passed", report.findings
        assert report.status is not Status.NOT_CHECKED
        world.nothing_is_left(self.world.dsn)
        world.no_program_is_left(Path(tempfile.gettempdir()))
        for one in shelf.ids():
            if one != self.backup_id:
                names = [entry.name for entry in shelf.vault.entries(f"{shelf.target}/{one}/")]
                shelf.vault.remove(names)

    def kill_postgres(self) -> None:
        """Postmaster and backends, as a power cut does it."""
        assert self.postgres is not None
        kill_all(self.postgres.processes())

    def kill_store(self) -> None:
        assert self.store is not None
        kill_all(self.store.session.members())

    def mend(self) -> None:
        if self.postgres is not None and self.postgres.pid() is None:
            self.postgres.start(self.port)
        if self.store is not None and self.store.session.running() is None:
            self.store.start()


def made_of(store: ObjectStoreServer, dsn: str) -> Scene:
    name = f"killed-{random.getrandbits(64):x}"
    here = World(dsn, store.endpoint, store.access_key, store.secret_key, name)
    here.vault().store.ensure_buckets([name])
    return Scene(here, here.take().backup_id)


@pytest.fixture(scope="module")
def scene(object_store_server, cluster, shop_template) -> Iterator[Scene]:
    """On the suite's servers, which nobody kills."""
    made = made_of(object_store_server, cluster.dsn(shop_template))
    yield made
    world.remove_bucket(made.world.vault())


@pytest.fixture(scope="module")
def on_spare_postgres(scene, cluster, stack_dir) -> Iterator[Scene]:
    like, home = cluster.server, stack_dir / "killed-postgres"
    server = replace(like, home=home, log=home.with_suffix(".log"), options=FAST)
    server.create()
    port = pick(1)[0]
    server.start(port)
    try:
        with psycopg.connect(server.dsn(port), autocommit=True) as connection:
            connection.execute(SHOP)
            connection.execute("CHECKPOINT")
        here = replace(scene.world, dsn=server.dsn(port))
        yield Scene(here, here.take().backup_id, postgres=server, port=port)
    finally:
        server.stop()


@pytest.fixture(scope="module")
def on_spare_store(cluster, shop_template, stack_dir) -> Iterator[Scene]:
    ports = dict(zip(PORT_NAMES, pick(len(PORT_NAMES), (0, GRPC_OFFSET)), strict=True))
    home, secrets = stack_dir / "killed-store", load_secrets(LocalPaths(stack_dir))
    server = ObjectStoreServer(home, home.with_suffix(".log"), ports, secrets)
    try:
        server.start()
        yield replace(made_of(server, cluster.dsn(shop_template)), store=server)
    finally:
        server.stop()


def started(scene: Scene, work: str, step: str = "") -> subprocess.Popen[str]:
    """A worker that begins now: its imports are done."""
    words = [scene.world.as_json(), work, scene.backup_id, *([step] if step else [])]
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.faults.worker", *words],
        stdout=subprocess.PIPE,
        text=True,
        env={"PATH": os.environ["PATH"], "TMPDIR": tempfile.gettempdir()},
        cwd=Path(__file__).parents[2],
    )
    assert process.stdout is not None
    assert process.stdout.readline().strip() == READY
    return process


@steps(SOME_OF_WORKER)
def test_worker_killed_at_a_step(scene: Scene, work: str, step: str) -> None:
    process = started(scene, work, step)
    assert process.wait(PATIENCE_S) == -9
    world.no_program_is_left(Path(tempfile.gettempdir()))
    scene.held()


@pytest.fixture(scope="module")
def seconds(scene: Scene) -> dict[str, float]:
    """What each takes when nobody disturbs it."""
    if not ALL:
        # Near enough for a point of each; to measure it would take as long as they do.
        return dict.fromkeys(STEPS, 1.0)
    took = {}
    for work in STEPS:
        process, began = started(scene, work), time.monotonic()
        assert process.wait(PATIENCE_S) == 0
        took[work] = time.monotonic() - began
    return took


def point(killed: str, work: str, number: int, seconds: float) -> float:
    """After how many seconds, by a seed of its own; pytest shows the line of a test that fails."""
    seed = f"{killed} {work} {number}"
    at = random.Random(seed).random() * seconds
    print(f"seed {seed!r}: killed {at:.3f} s into {seconds:.3f} s")  # noqa: T201
    return at


@points("worker")
def test_worker_killed_at_random(
    scene: Scene, seconds: dict[str, float], work: str, number: int
) -> None:
    at = point("worker", work, number, seconds[work])
    process = started(scene, work)
    time.sleep(at)
    process.kill()
    process.wait(PATIENCE_S)
    world.no_program_is_left(Path(tempfile.gettempdir()))
    scene.held()


def killed_at_random(scene: Scene, work: str, at: float, kill: str) -> None:
    process = started(scene, work)
    time.sleep(at)
    getattr(scene, kill)()
    code = process.wait(PATIENCE_S)
    # It ends by itself, by an error of ours where it was not done before.
    assert code in (0, 1)
    scene.mend()
    scene.held()


@steps(SOME_OF_POSTGRES)
def test_postgres_killed_at_a_step(
    on_spare_postgres: Scene, work: str, step: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    scene = on_spare_postgres
    with monkeypatch.context() as patch:
        plant(patch, work, step, scene.kill_postgres)
        scene.run(work)
    assert world.workplaces() == []
    scene.mend()
    scene.held()


@steps(SOME_OF_STORE)
def test_object_store_killed_at_a_step(
    on_spare_store: Scene, work: str, step: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    scene = on_spare_store
    with monkeypatch.context() as patch:
        plant(patch, work, step, scene.kill_store)
        scene.run(work)
    assert world.workplaces() == []
    scene.mend()
    scene.held()


@points("postgres")
def test_postgres_killed_at_random(
    on_spare_postgres: Scene, seconds: dict[str, float], work: str, number: int
) -> None:
    at = point("postgres", work, number, seconds[work])
    killed_at_random(on_spare_postgres, work, at, "kill_postgres")


@points("store")
def test_object_store_killed_at_random(
    on_spare_store: Scene, seconds: dict[str, float], work: str, number: int
) -> None:
    at = point("store", work, number, seconds[work])
    killed_at_random(on_spare_store, work, at, "kill_store")
