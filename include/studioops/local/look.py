"""What is found of each part, without touching it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from studioops.local.airflow_server import COMPONENTS, AirflowServer
from studioops.local.parts import Parts
from studioops.local.ports import LOOPBACK

StateName = Literal["running", "stopped", "unhealthy"]


@dataclass(frozen=True, slots=True)
class PartState:
    """One part as it was found.

    Args:
        name: the part.
        state: whether it runs and answers.
        address: where it listens; empty where it does not.
        pid: its first process.
        detail: what is wrong, or more of what it is.
    """

    name: str
    state: StateName
    address: str = ""
    pid: int | None = None
    detail: str = ""


def look(parts: Parts) -> tuple[PartState, ...]:
    """Every part, PostgreSQL first.

    Args:
        parts: of the stack.
    """
    return (_postgres(parts), _object_store(parts), *_airflow(parts))


def _postgres(parts: Parts) -> PartState:
    # Looking writes nothing, and PostgreSQL's programs may have to be copied to be found.
    if not (parts.postgres_home() / "data").exists():
        return PartState("PostgreSQL", "stopped")
    server = parts.postgres()
    pid, port = server.pid(), server.port()
    if pid is None or port is None:
        return PartState("PostgreSQL", "stopped")
    address = f"{LOOPBACK}:{port}"
    if not server.serves(port):
        return PartState("PostgreSQL", "unhealthy", address, pid, "it does not answer us")
    runs_as = f"runs as {server.user.name}, data in {server.data}"
    return PartState("PostgreSQL", "running", address, pid, runs_as)


def _object_store(parts: Parts) -> PartState:
    server = parts.object_store()
    pid = server.session.running()
    if pid is None:
        return PartState("object store", "stopped")
    if not server.answers():
        return PartState("object store", "unhealthy", server.endpoint, pid, "it does not answer")
    return PartState("object store", "running", server.endpoint, pid)


def _airflow(parts: Parts) -> list[PartState]:
    server = parts.airflow(postgres_port=0)
    health = server.health()
    return [_component(server, name, health) for name in COMPONENTS]


def _component(server: AirflowServer, name: str, health: dict[str, dict[str, str]]) -> PartState:
    pid = server.session(name).running()
    label = f"Airflow {name}"
    address = server.url if name == "api-server" else ""
    if pid is None:
        return PartState(label, "stopped")
    heart = "metadatabase" if name == "api-server" else name.replace("-", "_")
    found = health.get(heart, {}).get("status") or "no answer"
    if found != "healthy":
        return PartState(label, "unhealthy", address, pid, f"Airflow says: {found}")
    return PartState(label, "running", address, pid)
