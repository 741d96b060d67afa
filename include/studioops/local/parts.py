"""The servers of one stack, put together from what it remembers."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote

from dotenv import dotenv_values

from studioops.local.airflow_environment import airflow_environment
from studioops.local.airflow_server import AirflowServer
from studioops.local.databases import DRILL_ROLE
from studioops.local.object_store import PORT_NAMES, ObjectStoreServer
from studioops.local.ports import GRPC_OFFSET, LOOPBACK, remembered
from studioops.local.postgres_programs import find_programs
from studioops.local.postgres_server import PostgresServer
from studioops.local.server_user import ServerUser, outside_home, server_user
from studioops.local.state import LocalPaths, State, load_secrets
from studioops.settings import Settings

DOTENV = Path(".env")


@dataclass
class Parts:
    """What one stack is made of.

    Args:
        paths: where it lies.
        say: told what happens, one line each.
        keep: whether what is decided is written down and directories are made.
    """

    paths: LocalPaths
    say: Callable[[str], None]
    keep: bool = True
    state: State = field(init=False)
    secrets: Mapping[str, str] = field(init=False, repr=False)
    user: ServerUser = field(init=False)
    secrets_are_new: bool = field(init=False)

    def __post_init__(self) -> None:
        """Read what is remembered."""
        if self.keep:
            for directory in (self.paths.logs, self.paths.part("airflow")):
                directory.mkdir(parents=True, exist_ok=True)
                directory.chmod(0o700)
        self.state = State(self.paths, keep=self.keep)
        self.secrets_are_new = not self.paths.secrets.exists()
        self.secrets = load_secrets(self.paths, keep=self.keep)
        self.user = server_user()

    def postgres_home(self) -> Path:
        """Where PostgreSQL's data lie: in the stack, or outside where its account can't get in."""
        if self.state.get("postgres_home") is None:
            root = self.paths.root
            reachable = self.user.can_enter(root if root.exists() else root.parent)
            outside = outside_home(self.state.instance)
            home = self.paths.part("postgres") if reachable else outside
            self.state.put(postgres_home=str(home))
        return Path(self.state.get("postgres_home"))

    def postgres(self) -> PostgresServer:
        """The PostgreSQL server."""
        home = self.postgres_home()
        if self.keep:
            home.mkdir(parents=True, exist_ok=True)
            self.user.own(home, 0o700)
        return PostgresServer(
            programs=find_programs(self.user, home),
            user=self.user,
            home=home,
            log=self.paths.logs / "postgres.log",
            password=self.secrets["postgres_password"],
        )

    def object_store(self) -> ObjectStoreServer:
        """The object store, on the ports that it has or had."""
        return ObjectStoreServer(
            home=self.paths.part("objects"),
            log=self.paths.logs / "objects.log",
            ports=self.ports("objects", PORT_NAMES),
            secrets=self.secrets,
        )

    def airflow(self, postgres_port: int) -> AirflowServer:
        """Airflow, with the settings as they stand now."""
        port = self.ports("airflow", ("web",))["web"]
        home = self.paths.part("airflow")
        environment = airflow_environment(
            home=home,
            port=port,
            metadata_url=self.url("airflow", postgres_port),
            secrets=self.secrets,
            settings=self.settings(),
            files=self._files(),
        )
        return AirflowServer(home, self.paths.logs, port, environment)

    def ports(self, part: str, names: tuple[str, ...]) -> dict[str, int]:
        """The remembered ports of a part, or new ones."""
        known = (self.state.get("ports") or {}).get(part, {})
        if set(names) <= set(known):
            return {name: known[name] for name in names}
        return self.fresh_ports(part, names)

    def fresh_ports(self, part: str, names: tuple[str, ...]) -> dict[str, int]:
        """The same for a part that does not run: ports that somebody took are replaced."""
        offsets = (0, GRPC_OFFSET) if part == "objects" else (0,)
        return remembered(self.state, part, names, self.say, offsets)

    def url(self, database: str, port: int) -> str:
        """How the role of a database connects to it."""
        password = quote(self.secrets[f"{database}_password"], safe="")
        return f"postgresql://{database}:{password}@{LOOPBACK}:{port}/{database}"

    def drill_url(self, port: int) -> str:
        """How the role that proves backups connects; the database that it names stays empty."""
        password = quote(self.secrets["drill_password"], safe="")
        return f"postgresql://{DRILL_ROLE}:{password}@{LOOPBACK}:{port}/postgres"

    def settings(self) -> Settings:
        """The settings with this stack's own, which ``load_settings`` finds in a checkout."""
        return Settings(_env_file=(self.paths.stack_env, DOTENV), _env_ignore_empty=True)

    def _files(self) -> dict[str, str]:
        both = {**dotenv_values(self.paths.stack_env), **dotenv_values(DOTENV)}
        return {name: value for name, value in both.items() if value}
