"""Airflow's four processes on this machine, as ``airflow standalone`` runs them.

Each is a part by itself: the one that died is started again and the others stay. Standalone's
own parent would also open log servers on every address of the machine.
"""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any
from urllib.error import URLError

from studioops.errors import LocalStackError
from studioops.local.loopback import get
from studioops.local.ports import LOOPBACK
from studioops.local.processes import Session, last_lines, wait_for

# The order matters to whoever waits: the scheduler takes longest to be healthy.
COMPONENTS: dict[str, tuple[str, ...]] = {
    "scheduler": ("scheduler", "--skip-serve-logs"),
    "api-server": ("api-server",),
    "dag-processor": ("dag-processor",),
    "triggerer": ("triggerer", "--skip-serve-logs"),
}
CONFIGURATION = ("AIRFLOW", "STUDIOOPS", "DATABASE", "LEDGER", "MINIO", "DB_")
HEARTS = ("scheduler", "dag_processor", "triggerer")
START_PATIENCE_S = 150
# The scheduler waits for its tasks; the others keep nothing that a kill could lose.
STOP_PATIENCE_S = {"scheduler": 15, "api-server": 8, "dag-processor": 4, "triggerer": 4}


@dataclass(frozen=True, slots=True)
class AirflowServer:
    """One Airflow.

    Args:
        home: its directory.
        logs: where each component's output goes.
        port: of the API and the web page.
        environment: of every process, as ``airflow_environment`` makes it.
    """

    home: Path
    logs: Path
    port: int
    environment: Mapping[str, str] = field(repr=False)

    @property
    def url(self) -> str:
        """The web address."""
        return f"http://{LOOPBACK}:{self.port}"

    @property
    def configuration(self) -> str:
        """A digest of what this stack gives to Airflow: other settings need another start."""
        given = {
            name: value
            for name, value in self.environment.items()
            if name.startswith(CONFIGURATION)
        }
        return sha256(json.dumps(given, sort_keys=True).encode()).hexdigest()

    def session(self, component: str) -> Session:
        """The processes of one component."""
        return Session(self.home / f"{component}.pid", self.home)

    def log(self, component: str) -> Path:
        """Where a component writes."""
        return self.logs / f"airflow-{component}.log"

    def missing(self) -> list[str]:
        """The components that do not run."""
        return [name for name in COMPONENTS if self.session(name).running() is None]

    def migrate(self) -> None:
        """Bring Airflow's own database to the installed version.

        Raises:
            LocalStackError: Airflow could not.
        """
        self.home.mkdir(parents=True, exist_ok=True)
        self.logs.mkdir(parents=True, exist_ok=True)
        log = self.log("migrate")
        with log.open("ab") as output:
            done = subprocess.run(
                [_airflow(), "db", "migrate"],
                cwd=self.home,
                env=dict(self.environment),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                check=False,
            )
        if done.returncode:
            raise LocalStackError(
                f"`airflow db migrate` failed: {last_lines(log)}",
                f"read {log}, then run `studioops up` again",
            )

    def start(self, components: Sequence[str]) -> None:
        """Start components and wait until the whole is healthy.

        Args:
            components: names of COMPONENTS; what is left of them from before is ended first.

        Raises:
            LocalStackError: one ended, or was not healthy in time.
        """
        self.stop(components)
        began = datetime.now(UTC)
        started = {
            name: self.session(name).start(
                [_airflow(), *COMPONENTS[name]], self.environment, self.log(name)
            )
            for name in components
        }
        hearts = {name.replace("-", "_") for name in components} & set(HEARTS)
        wait_for(
            lambda: (
                any(one.poll() is not None for one in started.values())
                or self.healthy(hearts, began)
            ),
            START_PATIENCE_S,
            pause=0.3,
        )
        ended = [name for name, process in started.items() if process.poll() is not None]
        if ended or not self.healthy(hearts, began):
            self._complain(ended)

    def stop(self, components: Sequence[str] = tuple(COMPONENTS)) -> None:
        """Stop components, side by side, and whatever they started."""
        with ThreadPoolExecutor(len(COMPONENTS)) as pool:
            list(pool.map(self._stop_one, components))

    def healthy(self, hearts: set[str] | None = None, since: datetime | None = None) -> bool:
        """Whether Airflow itself says that all is well.

        Args:
            hearts: components whose heartbeat must be newer than ``since``: after a crash the
                dead one's last heartbeat looks well for half a minute.
            since: when they were started.
        """
        found = self.health()
        if not found or any(part.get("status") != "healthy" for part in found.values()):
            return False
        beats = [found.get(name, {}).get(f"latest_{name}_heartbeat") for name in hearts or ()]
        return all(beat and since and datetime.fromisoformat(beat) > since for beat in beats)

    def health(self) -> dict[str, dict[str, Any]]:
        """Airflow's own answer; an empty one where it does not answer."""
        try:
            with get(f"{self.url}/api/v2/monitor/health", timeout=5) as answer:
                document: dict[str, dict[str, Any]] = json.load(answer)
        except (URLError, OSError, ValueError):
            return {}
        return document

    def _stop_one(self, component: str) -> None:
        self.session(component).stop(signal.SIGTERM, STOP_PATIENCE_S[component])

    def _complain(self, ended: Sequence[str]) -> None:
        if ended:
            log = self.log(ended[0])
            raise LocalStackError(
                f"Airflow's {ended[0]} ended at once: {last_lines(log)}",
                f"read {log}, then run `studioops up` again",
            )
        raise LocalStackError(
            f"Airflow was not healthy within {START_PATIENCE_S} s",
            f"read the logs in {self.logs}, then run `studioops up` again",
        )


def _airflow() -> str:
    return str(Path(sys.executable).with_name("airflow"))
