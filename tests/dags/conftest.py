"""DAGs run for real against real servers, each in a process of its own."""

from __future__ import annotations

import base64
import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from studioops.backups.shelf import Shelf
from studioops.ledger import Ledger, open_ledger
from studioops.model import Report
from studioops.objectstore import open_object_store
from studioops.objectstore.encryption import Keyring
from studioops.objectstore.vault import BucketVault
from studioops.postgres import parse_dsn
from studioops.settings import Settings

CHECKOUT = Path(__file__).parents[2]
RUNNER = Path(__file__).with_name("run_dag.py")
PATIENCE_S = 180
KEY = base64.b64encode(bytes(range(32))).decode()


@dataclass(frozen=True)
class Ran:
    """How a run ended."""

    run_id: str
    state: str
    tasks: dict[str, list[str]]
    tries: dict[str, int]
    xcoms: dict[tuple[str, int, str], Any]
    events: list[dict[str, Any]]
    log: str

    def left(self, task: str, key: str = "return_value") -> Any:
        """What a task that is not mapped left in XCom."""
        return self.xcoms.get((task, -1, key))


@dataclass
class Airflow:
    """A home with a migrated database, a process that runs DAGs there, and connections."""

    home: dict[str, str] = field(repr=False)
    environment: dict[str, str] = field(default_factory=dict, repr=False)
    runner: subprocess.Popen[str] | None = None

    def connect(self, name: str, **fields: Any) -> None:
        """Declare a connection."""
        self.environment[f"AIRFLOW_CONN_{name.upper()}"] = json.dumps(fields)

    def connect_database(self, name: str, dsn: str) -> None:
        """Declare a connection to a PostgreSQL."""
        words = parse_dsn(dsn).params
        self.connect(
            name,
            conn_type="postgres",
            host=words["host"],
            port=int(words["port"]),
            login=words["user"],
            password=words["password"],
            schema=words["dbname"],
        )

    def run(self, dag_id: str, **conf: str) -> Ran:
        """Run a DAG to its end."""
        assert self.runner is not None
        assert self.runner.stdin is not None
        assert self.runner.stdout is not None
        wanted = {"dag_id": dag_id, "conf": conf, "environment": self.environment}
        self.runner.stdin.write(json.dumps(wanted) + "\n")
        self.runner.stdin.flush()
        log: list[str] = []
        for line in self.runner.stdout:
            if line.startswith('{"run_id"'):
                return _ran(json.loads(line), "".join(log))
            log.append(line)
        raise AssertionError("the runner ended: " + "".join(log))

    def python(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Another Python with this home."""
        return subprocess.run(
            [sys.executable, *arguments],
            env=self.home,
            cwd=self.home["AIRFLOW_HOME"],
            capture_output=True,
            text=True,
            timeout=PATIENCE_S,
            check=False,
        )


@pytest.fixture(scope="session")
def airflow_home(stack_dir: Path) -> Airflow:
    """An Airflow whose database is migrated, once; it knows no connection."""
    home = stack_dir / "airflow-home"
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("AIRFLOW", "PYTHONDONTWRITE", "STUDIOOPS", "PG"))
    }
    environment = {
        **kept,
        "AIRFLOW_HOME": str(home),
        "TMPDIR": str(home / "tmp"),
        "AIRFLOW__CORE__DAGS_FOLDER": str(CHECKOUT / "dags"),
        "AIRFLOW__CORE__PLUGINS_FOLDER": str(CHECKOUT / "plugins"),
        "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
        "AIRFLOW__DATABASE__LOAD_DEFAULT_CONNECTIONS": "False",
        "AIRFLOW__API__BASE_URL": "http://airflow.test",
        "PYTHONPATH": str(CHECKOUT / "dags"),
    }
    (home / "tmp").mkdir(parents=True)
    made = Airflow(environment)
    done = made.python("-m", "airflow", "db", "migrate")
    assert done.returncode == 0, done.stderr
    return made


@pytest.fixture(scope="session")
def runner(airflow_home: Airflow) -> Iterator[subprocess.Popen[str]]:
    """The process that runs DAGs, one after the other."""
    with subprocess.Popen(
        [sys.executable, RUNNER],
        env=airflow_home.home,
        cwd=airflow_home.home["AIRFLOW_HOME"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    ) as process:
        yield process
        process.kill()


@pytest.fixture
def ledger(cluster: Any, ledger_template: str) -> Iterator[Ledger]:
    """A ledger of the test's own."""
    name = cluster.clone(ledger_template)
    with open_ledger(cluster.dsn(name)) as opened:
        yield opened
    cluster.drop(name)


@pytest.fixture
def airflow(
    airflow_home: Airflow, runner: Any, ledger: Ledger, cluster: Any, object_store_server: Any
) -> Airflow:
    """Airflow with a ledger and an object store that has every bucket."""
    made = Airflow(airflow_home.home, runner=runner)
    made.connect_database("studioops_ledger", cluster.dsn(ledger.database.dsn.database))
    host, _, port = object_store_server.endpoint.partition(":")
    keys = (object_store_server.access_key, object_store_server.secret_key)
    made.connect(
        "studioops_object_store",
        conn_type="generic",
        host=host,
        port=int(port),
        login=keys[0],
        password=keys[1],
    )
    made.connect("studioops_backup_keys", conn_type="generic", login="test", password=KEY)
    store = open_object_store(object_store_server.endpoint, *keys)
    store.ensure_buckets(Settings(_env_file=None).buckets)
    return made


@pytest.fixture
def quick(airflow: Airflow) -> None:
    """No key, no backup: for what is about the scan alone."""
    airflow.environment.pop("AIRFLOW_CONN_STUDIOOPS_BACKUP_KEYS")


@pytest.fixture
def contract(airflow: Airflow, tmp_path: Path) -> Callable[[str, str], None]:
    """Declare a contract for a target."""

    def declare(target: str, text: str) -> None:
        path = tmp_path / f"{target}.yaml"
        path.write_text(text, encoding="utf-8")
        prefix = f"STUDIOOPS_TARGETS__{target.upper()}__"
        airflow.environment[f"{prefix}URL"] = "postgresql://declared.elsewhere/x"
        airflow.environment[f"{prefix}CONTRACT"] = str(path)

    return declare


@pytest.fixture
def shelf(object_store_server: Any) -> Iterator[Callable[[str], Shelf]]:
    """A target's backups as they lie in the store."""
    server, settings = object_store_server, Settings(_env_file=None)
    with open_object_store(server.endpoint, server.access_key, server.secret_key) as store:
        vault = BucketVault(store, settings.backup_bucket, None)
        yield lambda target: Shelf(vault, Keyring.of_texts("test", {"test": KEY}), target)


@pytest.fixture
def recorded(ledger: Ledger) -> Callable[[Ran], dict[str, Report]]:
    """What the ledger holds of a run, by kind."""

    def read(ran: Ran) -> dict[str, Report]:
        lines = [
            line
            for record in ledger.runs()
            if record.run.run_id == ran.run_id
            for line in record.reports
        ]
        return {line.kind: ledger.report(line.report_id).report for line in lines}

    return read


def _ran(document: dict[str, Any], log: str) -> Ran:
    tasks: dict[str, list[str]] = {}
    for task, _, state, _ in document["tasks"]:
        tasks.setdefault(task, []).append(state)
    return Ran(
        run_id=document["run_id"],
        state=document["state"],
        tasks=tasks,
        tries={task: number for task, _, _, number in document["tasks"]},
        xcoms={(task, index, key): value for task, index, key, value in document["xcoms"]},
        events=document["events"],
        log=log,
    )
