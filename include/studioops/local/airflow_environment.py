"""The environment that Airflow's processes get: configuration and connections, nothing else."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from studioops.local.ports import LOOPBACK
from studioops.local.state import CHECKOUT
from studioops.postgres import parse_dsn
from studioops.settings import Settings

USERS = {"admin": "airflow_login_password", "viewer": "airflow_viewer_password"}
# The caller's Airflow or PostgreSQL would get mixed up with ours; without byte code Airflow
# starts three times slower.
FOREIGN = ("AIRFLOW__", "AIRFLOW_HOME", "AIRFLOW_CONFIG", "PG", "PYTHON")
# What goes by a connection, which Airflow masks in its logs.
BY_CONNECTION = (
    "STUDIOOPS_BACKUP_KEY",
    "STUDIOOPS_DRILL_URL",
    "STUDIOOPS_FINGERPRINT_KEY",
    "OPENAI_API_KEY",
    "TRELLO_API_KEY",
    "TRELLO_API_TOKEN",
)
KEPT_OUT = (*FOREIGN, *BY_CONNECTION)
# Each run costs this machine some seconds of its processors.
HEALTH_EVERY_S = 300


def airflow_environment(
    *,
    home: Path,
    port: int,
    metadata_url: str,
    secrets: Mapping[str, str],
    settings: Settings,
    files: Mapping[str, str],
) -> dict[str, str]:
    """All variables of an Airflow process.

    Args:
        home: Airflow's directory.
        port: where the API and the web page are served.
        metadata_url: of Airflow's own database.
        secrets: the stack's.
        settings: of the running stack; each target becomes a connection of its name.
        files: what stands in the settings' files, since tasks work in another directory.
    """
    given = {**files, **os.environ}
    return {
        "HEALTH_CHECK_INTERVAL": str(HEALTH_EVERY_S),
        **{name: value for name, value in given.items() if not name.startswith(KEPT_OUT)},
        "PYTHONUNBUFFERED": "1",
        **_no_proxy(),
        "AIRFLOW_HOME": str(home),
        "SCARF_ANALYTICS": "false",
        "DO_NOT_TRACK": "1",
        **{f"AIRFLOW__{name}": value for name, value in _core(home, secrets).items()},
        **{f"AIRFLOW__{name}": value for name, value in _api(port, secrets).items()},
        **{f"AIRFLOW__{name}": value for name, value in _database(metadata_url).items()},
        **_targets(settings),
        **_connections(settings),
    }


def users_file(home: Path) -> Path:
    """Where Airflow reads the passwords of its users, as plain JSON."""
    return home / "users.json"


def users_document(secrets: Mapping[str, str]) -> str:
    """What stands in that file."""
    return json.dumps({user: secrets[secret] for user, secret in USERS.items()})


def _no_proxy() -> dict[str, str]:
    """The components speak with each other on this machine, whatever proxy the caller has."""
    given = os.environ.get("NO_PROXY") or os.environ.get("no_proxy")
    value = ",".join(filter(None, [given, LOOPBACK, "localhost"]))
    return {"NO_PROXY": value, "no_proxy": value}


def _core(home: Path, secrets: Mapping[str, str]) -> dict[str, str]:
    return {
        "CORE__EXECUTOR": "LocalExecutor",
        "CORE__PARALLELISM": "4",
        "CORE__LOAD_EXAMPLES": "False",
        "CORE__DAGS_ARE_PAUSED_AT_CREATION": "False",
        "CORE__DAGS_FOLDER": str(CHECKOUT / "dags"),
        "CORE__PLUGINS_FOLDER": str(CHECKOUT / "plugins"),
        "CORE__FERNET_KEY": secrets["airflow_fernet_key"],
        "CORE__AUTH_MANAGER": (
            "airflow.api_fastapi.auth.managers.simple.simple_auth_manager.SimpleAuthManager"
        ),
        "CORE__SIMPLE_AUTH_MANAGER_USERS": "admin:admin,viewer:viewer",
        "CORE__SIMPLE_AUTH_MANAGER_PASSWORDS_FILE": str(users_file(home)),
        "LOGGING__BASE_LOG_FOLDER": str(home / "logs"),
        "SCHEDULER__CATCHUP_BY_DEFAULT": "False",
        "SCHEDULER__ENABLE_HEALTH_CHECK": "False",
        "USAGE_DATA_COLLECTION__ENABLED": "False",
    }


def _api(port: int, secrets: Mapping[str, str]) -> dict[str, str]:
    url = f"http://{LOOPBACK}:{port}"
    return {
        "API__HOST": LOOPBACK,
        "API__PORT": str(port),
        "API__BASE_URL": url,
        "API__WORKERS": "1",
        "API__SECRET_KEY": secrets["airflow_api_secret"],
        "API_AUTH__JWT_SECRET": secrets["airflow_jwt_secret"],
        "CORE__EXECUTION_API_SERVER_URL": f"{url}/execution/",
    }


def _database(url: str) -> dict[str, str]:
    rest = url.partition("://")[2]
    return {
        "DATABASE__SQL_ALCHEMY_CONN": f"postgresql+psycopg2://{rest}",
        "DATABASE__SQL_ALCHEMY_CONN_ASYNC": f"postgresql+asyncpg://{rest}",
        "DATABASE__LOAD_DEFAULT_CONNECTIONS": "False",
    }


def _targets(settings: Settings) -> dict[str, str]:
    """The declared targets with absolute paths: Airflow works in a directory of its own."""
    variables: dict[str, str] = {}
    for name, target in settings.declared_targets.items():
        prefix = f"STUDIOOPS_TARGETS__{name.upper()}__"
        variables[f"{prefix}URL"] = target.url.get_secret_value()
        if target.contract is not None:
            variables[f"{prefix}CONTRACT"] = str(target.contract.resolve())
    return variables


def _connections(settings: Settings) -> dict[str, str]:
    """Connections as JSON: a URI would have to be encoded twice to hold every password."""
    known = {
        f"AIRFLOW_CONN_{name.upper()}": _postgres(target.url.get_secret_value())
        for name, target in settings.targets.items()
    }
    known |= {
        f"AIRFLOW_CONN_{name.upper()}_REPLICA": _postgres(target.replica.get_secret_value())
        for name, target in settings.targets.items()
        if target.replica is not None
    }
    known |= {
        f"AIRFLOW_CONN_{name.upper()}_DRILL": _postgres(
            settings.drill_of(target).get_secret_value()
        )
        for name, target in settings.targets.items()
    }
    if settings.backup_key_id:
        known["AIRFLOW_CONN_STUDIOOPS_BACKUP_KEYS"] = _backup_keys(settings)
    if settings.ledger_url is not None:
        known["AIRFLOW_CONN_STUDIOOPS_LEDGER"] = _postgres(settings.ledger_url.get_secret_value())
    if settings.minio_endpoint:
        known["AIRFLOW_CONN_STUDIOOPS_OBJECT_STORE"] = _object_store(settings)
    if settings.openai_api_key is not None:
        key = settings.openai_api_key.get_secret_value()
        known["AIRFLOW_CONN_STUDIOOPS_OPENAI"] = {"conn_type": "generic", "password": key}
    if settings.trello_api_key is not None and settings.trello_api_token is not None:
        known["AIRFLOW_CONN_STUDIOOPS_TRELLO"] = {
            "conn_type": "generic",
            "login": settings.trello_api_key.get_secret_value(),
            "password": settings.trello_api_token.get_secret_value(),
        }
    if settings.fingerprint_key is not None:
        key = settings.fingerprint_key.get_secret_value()
        known["AIRFLOW_CONN_STUDIOOPS_FINGERPRINT"] = {"conn_type": "generic", "password": key}
    return {name: json.dumps(connection) for name, connection in known.items()}


def _postgres(url: str) -> dict[str, Any]:
    words = dict(parse_dsn(url).params)
    own = {
        "host": words.pop("host", None),
        "port": int(words["port"]) if words.get("port") else None,
        "login": words.pop("user", None),
        "password": words.pop("password", None),
        "schema": words.pop("dbname", None),
    }
    words.pop("port", None)
    return {"conn_type": "postgres", **own, "extra": words}


def _backup_keys(settings: Settings) -> dict[str, Any]:
    """The current key as login and password, older ones in the extra."""
    keys = {name: key.get_secret_value() for name, key in settings.backup_keys.items()}
    current = str(settings.backup_key_id).lower()
    return {
        "conn_type": "generic",
        "login": current,
        "password": keys.pop(current, None),
        "extra": keys,
    }


def _object_store(settings: Settings) -> dict[str, Any]:
    key, secret = settings.minio_access_key, settings.minio_secret_key
    host, _, port = str(settings.minio_endpoint).partition(":")
    return {
        "conn_type": "generic",
        "host": host,
        "port": int(port) if port else None,
        "login": key.get_secret_value() if key else None,
        "password": secret.get_secret_value() if secret else None,
        "extra": {"region": settings.minio_region, "secure": settings.minio_secure},
    }
