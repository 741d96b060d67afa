"""The steps of ``studioops up``, in order; each does nothing where all is well."""

from __future__ import annotations

from studioops.errors import LocalStackError
from studioops.ledger import open_ledger
from studioops.local.airflow_environment import users_document, users_file
from studioops.local.airflow_server import COMPONENTS, AirflowServer
from studioops.local.databases import ensure_databases
from studioops.local.demo import load_demo
from studioops.local.object_store import PORT_NAMES, ObjectStoreServer
from studioops.local.parts import Parts
from studioops.local.postgres_server import PostgresServer
from studioops.local.processes import wait_for
from studioops.local.schema_stamp import is_migrated, stamp
from studioops.objectstore import ObjectStore, open_object_store
from studioops.settings.files import write_private

BACKUP_KEY = "local"
HEALTH_PATIENCE_S = 10
OBJECT_STORE_TIMEOUT_S = 10


def bring_up(parts: Parts) -> AirflowServer:
    """Start what does not run.

    Args:
        parts: of the stack, which is held by the lock.

    Returns:
        the running Airflow.
    """
    _keep_secrets_with_data(parts)
    server = parts.postgres()
    port, started = _postgres(parts, server)
    ensure_databases(server.dsn(port), parts.secrets)
    store = _object_store(parts)
    _write_settings(parts, port, store)
    open_ledger(parts.url("ledger", port)).migrate()
    load_demo(parts, server.dsn(port, "studioops"), _client(store))
    return _airflow(parts, port, fresh_database=started)


def _keep_secrets_with_data(parts: Parts) -> None:
    """New secrets would not open old data; better to say so than to wait for a refusal."""
    if parts.secrets_are_new and (parts.postgres_home() / "data").exists():
        parts.paths.secrets.unlink(missing_ok=True)
        raise LocalStackError(
            f"{parts.paths.secrets} is gone, and the data were made with its passwords",
            f"put it back from a copy, or run `studioops down`, set {parts.paths.root} aside and "
            "run `studioops up` for a new stack",
        )


def _postgres(parts: Parts, server: PostgresServer) -> tuple[int, bool]:
    """The port of our PostgreSQL, and whether it had to be started."""
    port = server.port()
    if port is not None and _serves(server, port):
        return port, False
    parts.say("starting PostgreSQL")
    server.stop()
    server.create()
    port = parts.fresh_ports("postgres", ("sql",))["sql"]
    server.start(port)
    server.ensure_ours(port)
    return port, True


def _serves(server: PostgresServer, port: int) -> bool:
    """A server that restarts itself after a crash of one backend is given the time for it."""
    return wait_for(lambda: server.pid() is None or server.serves(port), HEALTH_PATIENCE_S) and (
        server.pid() is not None
    )


def _object_store(parts: Parts) -> ObjectStoreServer:
    server = parts.object_store()
    if server.session.running() is None or not wait_for(server.answers, HEALTH_PATIENCE_S):
        parts.say("starting the object store")
        server.stop()
        parts.fresh_ports("objects", PORT_NAMES)
        server = parts.object_store()
        server.start()
    _client(server).ensure_buckets(parts.settings().buckets)
    return server


def _client(server: ObjectStoreServer) -> ObjectStore:
    return open_object_store(
        endpoint=server.endpoint,
        access_key=server.access_key,
        secret_key=server.secret_key,
        region="us-east-1",
        secure=False,
        timeout=OBJECT_STORE_TIMEOUT_S,
    )


def _write_settings(parts: Parts, port: int, store: ObjectStoreServer) -> None:
    values = {
        "DATABASE_URL": parts.url("studioops", port),
        "LEDGER_URL": parts.url("ledger", port),
        "MINIO_ENDPOINT": store.endpoint,
        "MINIO_ACCESS_KEY": store.access_key,
        "MINIO_SECRET_KEY": store.secret_key,
        "MINIO_SECURE": "false",
        "STUDIOOPS_DRILL_URL": parts.drill_url(port),
        "STUDIOOPS_BACKUP_KEY_ID": BACKUP_KEY,
        f"STUDIOOPS_BACKUP_KEYS__{BACKUP_KEY.upper()}": parts.secrets["backup_key"],
        "STUDIOOPS_FINGERPRINT_KEY": parts.secrets["fingerprint_key"],
        "STUDIOOPS_SPOOL_DIR": str(parts.paths.root / "spool"),
    }
    lines = "".join(f"{name}={value}\n" for name, value in values.items())
    write_private(parts.paths.stack_env, f"# Written by `studioops up`.\n{lines}")


def _airflow(parts: Parts, port: int, *, fresh_database: bool) -> AirflowServer:
    server = parts.airflow(port)
    missing = _to_start(parts, server, fresh_database=fresh_database)
    if not missing:
        return server
    server.stop(missing)
    if len(missing) == len(COMPONENTS):
        parts.fresh_ports("airflow", ("web",))
        server = parts.airflow(port)
    write_private(users_file(server.home), users_document(parts.secrets))
    if not is_migrated(parts, port):
        parts.say("preparing Airflow's database")
        server.migrate()
        stamp(parts, port)
    parts.say(f"starting Airflow ({', '.join(missing)})")
    server.start(missing)
    parts.state.put(airflow_configuration=server.configuration)
    return server


def _to_start(parts: Parts, server: AirflowServer, *, fresh_database: bool) -> list[str]:
    """Components that are gone; all where their database, settings or health want it."""
    missing = server.missing()
    # A component that lost its database may end a moment after it was looked at.
    if fresh_database or parts.state.get("airflow_configuration") != server.configuration:
        return list(COMPONENTS)
    if missing or wait_for(server.healthy, HEALTH_PATIENCE_S):
        return missing
    return list(COMPONENTS)
