"""Airflow's REST API, as far as driving a DAG needs it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Self
from urllib.parse import quote

from studioops.errors import CouldNotCheck

if TYPE_CHECKING:
    import requests

ANSWER_WITHIN_S = 30
NOT_FOUND = 404


@dataclass(frozen=True, slots=True)
class TaskState:
    """One task of a run.

    Args:
        name: the task's id.
        index: its number among mapped ones, -1 for the others.
        state: Airflow's word; empty while it is not scheduled.
        seconds: how long it has run.
    """

    name: str
    index: int
    state: str
    seconds: float


@dataclass(frozen=True)
class AirflowApi:
    """A logged-in client.

    Args:
        url: Airflow's address.
        session: carries the token; never shown.
    """

    url: str
    session: requests.Session = field(repr=False)

    @classmethod
    def log_in(cls, url: str, user: str, password: str) -> Self:
        """A client for this user.

        Args:
            url: Airflow's address, such as ``http://127.0.0.1:8080``.
            user: the name.
            password: the password; only Airflow gets it.

        Raises:
            CouldNotCheck: Airflow does not answer, or refuses.
        """
        # Every command imports this module, and few speak with Airflow.
        import requests
        from requests.adapters import HTTPAdapter
        from urllib3.util import Retry

        api = cls(url.rstrip("/"), requests.Session())
        # A busy server may drop a connection; asking twice what only reads harms nobody.
        retry = Retry(total=4, backoff_factor=0.1, status_forcelist=(502, 503, 504))
        api.session.mount(api.url, HTTPAdapter(max_retries=retry))
        token = api._call("POST", "/auth/token", {"username": user, "password": password})
        api.session.headers["Authorization"] = f"Bearer {token['access_token']}"
        return api

    def dag(self, dag_id: str) -> dict[str, Any] | None:
        """A DAG as Airflow knows it; None until it is parsed."""
        known: dict[str, Any] | None = self._call("GET", f"/api/v2/dags/{dag_id}", missing=True)
        return known

    def unpause(self, dag_id: str) -> None:
        """Let the DAG's runs be scheduled."""
        self._call("PATCH", f"/api/v2/dags/{dag_id}", {"is_paused": False})

    def import_errors(self) -> list[str]:
        """The last line of why each broken DAG file can't be imported."""
        found = self._call("GET", "/api/v2/importErrors")["import_errors"]
        return [f"{one['filename']}: {last_line(one['stack_trace'])}" for one in found]

    def trigger(self, dag_id: str, conf: dict[str, Any]) -> str:
        """Start a run with these parameters; hands back its id."""
        body = {"logical_date": None, "conf": conf}
        return str(self._call("POST", f"/api/v2/dags/{dag_id}/dagRuns", body)["dag_run_id"])

    def run_state(self, dag_id: str, run_id: str) -> str:
        """Airflow's word for how a run stands."""
        return str(self._call("GET", _run_path(dag_id, run_id))["state"])

    def unfinished_runs(self, dag_id: str) -> list[str]:
        """The ids of the runs that wait or work, scheduled ones among them."""
        path = f"/api/v2/dags/{dag_id}/dagRuns?state=queued&state=running"
        return [str(one["dag_run_id"]) for one in self._call("GET", path)["dag_runs"]]

    def tasks(self, dag_id: str, run_id: str) -> list[TaskState]:
        """Every task instance of a run."""
        path = f"{_run_path(dag_id, run_id)}/taskInstances?limit=200"
        return [
            TaskState(one["task_id"], one["map_index"], one["state"] or "", one["duration"] or 0.0)
            for one in self._call("GET", path)["task_instances"]
        ]

    def _call(
        self, verb: str, path: str, body: dict[str, Any] | None = None, *, missing: bool = False
    ) -> Any:
        """Airflow's answer as JSON; None for a 404 where that is no error."""
        try:
            answer = self.session.request(
                verb, f"{self.url}{path}", json=body, timeout=ANSWER_WITHIN_S
            )
        except OSError as error:
            raise CouldNotCheck(
                f"{self.url}{path}: no answer ({type(error).__name__})",
                "look at the stack with `studioops status`, then start it with `studioops up`",
            ) from None
        if missing and answer.status_code == NOT_FOUND:
            return None
        if not answer.ok:
            raise CouldNotCheck(
                f"{verb} {path}: Airflow answered {answer.status_code} {_detail(answer)}",
                "look at the API server's log, whose path `studioops status` names",
            )
        return answer.json()


def _run_path(dag_id: str, run_id: str) -> str:
    return f"/api/v2/dags/{dag_id}/dagRuns/{quote(run_id, safe='')}"


def last_line(text: str) -> str:
    """The last line that says something, as of a traceback."""
    return (text.strip().splitlines() or [""])[-1].strip()


def _detail(answer: requests.Response) -> str:
    try:
        return str(answer.json().get("detail", ""))[:200]
    except (ValueError, AttributeError):
        return answer.text[:200]
