"""Real servers for the tests: made once a session, and only when a test asks for them."""

from __future__ import annotations

import os
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import psycopg
import pytest
from hypothesis import settings
from psycopg import sql
from psycopg.conninfo import make_conninfo
from xdist.scheduler import LoadScopeScheduling

from studioops.local.object_store import PORT_NAMES, ObjectStoreServer
from studioops.local.ports import GRPC_OFFSET, LOOPBACK, pick
from studioops.local.postgres_cluster import SUPERUSER
from studioops.local.postgres_programs import find_programs
from studioops.local.postgres_server import PostgresServer
from studioops.local.server_user import server_user
from studioops.local.state import DIR_VARIABLE, LocalPaths, load_secrets
from tests.warm import Warm

if TYPE_CHECKING:
    from studioops.local.drive_api import AirflowApi
    from studioops.local.stack import StackInfo

# The same examples in every run: a suite that fails by chance teaches people to run it again.
settings.register_profile("suite", derandomize=True, deadline=None)
settings.load_profile("suite")

# What a crash would lose is thrown away anyway.
FAST = ("fsync=off", "full_page_writes=off", "synchronous_commit=off", "max_connections=200")
# Half of what a connection costs is the hashing of its password.
HASHING, HASHING_SINCE = "scram_iterations=1", 16
# Two thirds of the work of what is usual since then, where nothing waits for a disk.
COPYING, COPYING_SINCE = "STRATEGY file_copy", 15
MEMORY, ROOM_BYTES = Path("/dev/shm"), 6 << 30  # noqa: S108  (mkdtemp makes a directory of its own)
LEGACY_OWNER = "studioops"
RUN_PATIENCE_S = 240
_numbers = count(1)


# Whoever shares the costly fixtures of these shares a process; any other file is whole.
TOGETHER = {
    "tests/api/": "airflow",
    "tests/browser/": "airflow",
    "tests/integration/cli/test_stack_command.py": "airflow",
    "tests/integration/local/test_stack.py": "airflow",
    "tests/dags/": "dags",
}


class Together(LoadScopeScheduling):
    """Which tests stay together, where several processes run them."""

    def _split_scope(self, nodeid: str) -> str:
        path = nodeid.partition("::")[0]
        return next((name for part, name in TOGETHER.items() if path.startswith(part)), path)


def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Together:
    """The plugin's hook."""
    return Together(config, log)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """What takes minutes is for ``make faults`` alone."""
    if os.environ.get("STUDIOOPS_FAULTS") == "all":
        return
    left_out = [one for one in items if one.get_closest_marker("thorough")]
    config.hook.pytest_deselected(items=left_out)
    items[:] = [one for one in items if not one.get_closest_marker("thorough")]


@dataclass(frozen=True)
class Cluster:
    """A real PostgreSQL, for as long as the tests run."""

    server: PostgresServer
    port: int

    def dsn(self, dbname: str = "postgres", user: str | None = None, password: str = "") -> str:
        """How to connect, as the superuser unless another role is named."""
        return make_conninfo(
            host=LOOPBACK,
            port=self.port,
            dbname=dbname,
            user=user or SUPERUSER,
            password=password or self.server.password,
        )

    def run(self, statement: str, *names: str) -> None:
        """One statement outside a transaction; {} takes identifiers."""
        composed = sql.SQL(statement).format(*map(sql.Identifier, names))
        with psycopg.connect(self.dsn(), autocommit=True) as connection:
            connection.execute(composed)

    def clone(self, template: str) -> str:
        """A new database like another one; its name."""
        name = f"test_{next(_numbers)}"
        how = COPYING if self.server.programs.major >= COPYING_SINCE else ""
        self.run(f"CREATE DATABASE {{}} TEMPLATE {{}} {how}", name, template)
        return name

    def drop(self, name: str) -> None:
        """Drop a database, whoever is connected."""
        self.run("DROP DATABASE IF EXISTS {} WITH (FORCE)", name)


def memory() -> Path | None:
    """A file system in memory with room enough, where there is one.

    Databases are made and dropped by the thousand, each of 300 files: ten times as fast as on disk.
    """
    if not MEMORY.is_dir():
        return None
    found = os.statvfs(MEMORY)
    roomy = found.f_bavail * found.f_frsize >= ROOM_BYTES
    # Some containers run no programs from it, and the server's may be copied there.
    return MEMORY if roomy and not found.f_flag & os.ST_NOEXEC else None


@pytest.fixture(scope="session")
def stack_dir() -> Iterator[Path]:
    """A directory that the server's account can enter, which pytest's own is not for root."""
    directory = Path(tempfile.mkdtemp(prefix="studioops-tests-", dir=memory()))
    directory.chmod(0o755)
    yield directory
    shutil.rmtree(directory, ignore_errors=True)


@pytest.fixture(scope="session")
def warm(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Warm]:
    """Runs commands without their second of loading."""
    with Warm(tmp_path_factory.mktemp("warm")) as started:
        yield started


@pytest.fixture(scope="session")
def cluster(stack_dir: Path) -> Iterator[Cluster]:
    """A real PostgreSQL."""
    home, user = stack_dir / "postgres", server_user()
    programs = find_programs(user, stack_dir)
    server = PostgresServer(
        programs,
        user,
        home,
        stack_dir / "postgres.log",
        load_secrets(LocalPaths(stack_dir))["postgres_password"],
        (*FAST, HASHING) if programs.major >= HASHING_SINCE else FAST,
    )
    server.create()
    port = pick(1)[0]
    try:
        server.start(port)
        made = Cluster(server, port)
        made.run(f"ALTER ROLE {{}} PASSWORD '{server.password}'", SUPERUSER)
        # It would analyse a table in the middle of a test, or not: by chance. A test may switch it on.
        made.run("ALTER SYSTEM SET autovacuum = off")
        made.run("SELECT pg_reload_conf()")
        yield made
    finally:
        server.stop()


@pytest.fixture
def database_dsn(cluster: Cluster) -> Iterator[str]:
    """A fresh empty database of the test's own, as superuser."""
    name = cluster.clone("template0")
    yield cluster.dsn(name)
    cluster.drop(name)


@pytest.fixture(scope="session")
def legacy_template(cluster: Cluster) -> str:
    """The legacy StudioOps database, loaded once."""
    from studioops.local.studioops_legacy import load_legacy

    name = "legacy_template"
    cluster.run("CREATE ROLE {} NOLOGIN", LEGACY_OWNER)
    cluster.run("CREATE DATABASE {} TEMPLATE template0", name)
    with psycopg.connect(cluster.dsn(name)) as connection:
        load_legacy(connection, LEGACY_OWNER)
    return name


@pytest.fixture
def legacy_dsn(cluster: Cluster, legacy_template: str) -> Iterator[str]:
    """The legacy StudioOps database, a copy of the test's own, as superuser."""
    name = cluster.clone(legacy_template)
    yield cluster.dsn(name)
    cluster.drop(name)


@pytest.fixture(scope="session")
def ledger_template(cluster: Cluster) -> str:
    """A migrated and empty ledger, made once."""
    from studioops.ledger import open_ledger

    name = "ledger_template"
    cluster.run("CREATE DATABASE {} TEMPLATE template0", name)
    with open_ledger(cluster.dsn(name)) as ledger:
        ledger.migrate()
    return name


@pytest.fixture(scope="session")
def object_store_server(stack_dir: Path) -> Iterator[ObjectStoreServer]:
    """A real object store."""
    ports = dict(zip(PORT_NAMES, pick(len(PORT_NAMES), (0, GRPC_OFFSET)), strict=True))
    secrets = load_secrets(LocalPaths(stack_dir))
    server = ObjectStoreServer(stack_dir / "objects", stack_dir / "objects.log", ports, secrets)
    try:
        server.start()
        yield server
    finally:
        server.stop()


@pytest.fixture(scope="session")
def airflow_stack(stack_dir: Path) -> Iterator[StackInfo]:
    """The whole local stack with Airflow, in a directory of its own."""
    from studioops.local import stack

    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(DIR_VARIABLE, str(stack_dir / "stack"))
        try:
            yield stack.up(print)
        finally:
            stack.down(print)


@dataclass(frozen=True)
class DagRun:
    """A run of the real Airflow that has ended."""

    dag_id: str
    run_id: str
    state: str

    @property
    def path(self) -> str:
        """Where Airflow's REST API has it."""
        return f"/api/v2/dags/{self.dag_id}/dagRuns/{quote(self.run_id, safe='')}"

    @property
    def page(self) -> str:
        """Where Airflow's web page has it."""
        return f"/dags/{self.dag_id}/runs/{quote(self.run_id, safe='')}"


RunDag = Callable[[str, str], DagRun]


@pytest.fixture(scope="session")
def run_dag(airflow_stack: StackInfo) -> RunDag:
    """Trigger a DAG on a target over REST, and wait for the end of the run."""
    from studioops.local.drive_api import AirflowApi

    stack = airflow_stack
    api = AirflowApi.log_in(stack.airflow_url, stack.airflow_user, stack.airflow_password)

    def run(dag_id: str, target: str) -> DagRun:
        until = time.monotonic() + RUN_PATIENCE_S
        while api.dag(dag_id) is None:
            assert time.monotonic() < until, (f"{dag_id} is not parsed", api.import_errors())
            time.sleep(0.5)
        wait_for_nightly_runs(api, dag_id)
        until = time.monotonic() + RUN_PATIENCE_S
        run_id = api.trigger(dag_id, {"target": target})
        while (state := api.run_state(dag_id, run_id)) not in ("success", "failed"):
            assert time.monotonic() < until, (state, api.tasks(dag_id, run_id))
            time.sleep(0.5)
        return DagRun(dag_id, run_id, state)

    return run


def wait_for_nightly_runs(api: AirflowApi, dag_id: str) -> None:
    """Let a run that was due while this stack was started end: one run at a time is its rule."""
    until = time.monotonic() + 2 * RUN_PATIENCE_S
    while runs := api.unfinished_runs(dag_id):
        told = {run: api.tasks(dag_id, run) for run in runs}
        assert time.monotonic() < until, (f"{dag_id} runs already", told)
        time.sleep(0.5)


@pytest.fixture(scope="session")
def validated(run_dag: RunDag) -> DagRun:
    """The DAG ``integrity_validation``, run once on the legacy database."""
    return run_dag("integrity_validation", "studioops")
