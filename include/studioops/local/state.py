"""What the local stack remembers between two commands: where it lies, its ports, its secrets."""

from __future__ import annotations

import base64
import json
import os
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import studioops
from studioops.errors import LocalStackError
from studioops.settings.files import write_private

DIR_VARIABLE = "STUDIOOPS_LOCAL_DIR"
CHECKOUT = Path(studioops.__file__).resolve().parents[2]
SECRET_NAMES = (
    "postgres_password",
    "studioops_password",
    "ledger_password",
    "airflow_password",
    "object_store_access_key",
    "object_store_secret_key",
    "backup_key",
    "fingerprint_key",
    "drill_password",
    "object_store_filer_write_key",
    "object_store_filer_read_key",
    "object_store_volume_write_key",
    "object_store_volume_read_key",
    "airflow_login_password",
    "airflow_viewer_password",
    "airflow_jwt_secret",
    "airflow_api_secret",
    "airflow_fernet_key",
)


def _secret() -> str:
    return secrets.token_urlsafe(48)


# Fernet takes 32 bytes in base64 and nothing else.
MAKERS: dict[str, Callable[[], str]] = {
    "object_store_access_key": lambda: secrets.token_hex(10).upper(),
    # Standard base64 of 32 bytes, as STUDIOOPS_BACKUP_KEYS takes it.
    "backup_key": lambda: base64.b64encode(secrets.token_bytes(32)).decode(),
    "airflow_fernet_key": lambda: base64.urlsafe_b64encode(secrets.token_bytes(32)).decode(),
    "airflow_login_password": lambda: secrets.token_urlsafe(15),
    "airflow_viewer_password": lambda: secrets.token_urlsafe(15),
}


@dataclass(frozen=True, slots=True)
class LocalPaths:
    """Where the parts of one local stack lie.

    Args:
        root: the stack's directory, ``.local`` in the checkout.
    """

    root: Path

    @property
    def state(self) -> Path:
        """Ports and the instance's id, as JSON."""
        return self.root / "state.json"

    @property
    def secrets(self) -> Path:
        """Passwords and keys, mode 0600."""
        return self.root / "secrets.json"

    @property
    def stack_env(self) -> Path:
        """The settings of the running stack, mode 0600."""
        return self.root / "stack.env"

    @property
    def lock(self) -> Path:
        """Held while a command starts or stops parts."""
        return self.root / "lock"

    @property
    def logs(self) -> Path:
        """One log a part."""
        return self.root / "logs"

    def part(self, name: str) -> Path:
        """The directory of one part."""
        return self.root / name


def local_paths() -> LocalPaths:
    """The stack of this checkout, or of STUDIOOPS_LOCAL_DIR where that is set."""
    chosen = os.environ.get(DIR_VARIABLE)
    return LocalPaths(Path(chosen).resolve() if chosen else CHECKOUT / ".local")


def read_json(path: Path) -> dict[str, Any]:
    """A JSON object; an empty one where there is no file.

    Raises:
        LocalStackError: the file holds something else.
    """
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except ValueError:
        document = None
    if not isinstance(document, dict):
        raise LocalStackError(
            f"{path} is not the JSON object that it should be",
            f"mend {path} from a copy, or set the whole directory aside and run `studioops up`",
        )
    return document


class State:
    """What is remembered in ``state.json``; every change is written at once.

    Args:
        paths: of the stack.
        keep: whether changes are written; a command that only looks does not hold the lock.
    """

    def __init__(self, paths: LocalPaths, *, keep: bool = True) -> None:
        self.paths = paths
        self._keep = keep
        self._values = read_json(paths.state)
        self._part_from_the_original()

    def get(self, name: str) -> Any:
        """A remembered value, or None."""
        return self._values.get(name)

    def put(self, **values: Any) -> None:
        """Remember values, unless they are remembered already."""
        if any(self._values.get(name) != value for name, value in values.items()):
            self._values.update(values)
            if self._keep:
                write_private(self.paths.state, json.dumps(self._values, indent=2) + "\n")

    def _part_from_the_original(self) -> None:
        """A copied directory is a stack of its own; a moved one stays what it was."""
        before = self._values.get("root")
        if before and before != str(self.paths.root) and LocalPaths(Path(before)).state.exists():
            self._values = {"copied_from": before}

    @property
    def instance(self) -> str:
        """This stack's own random id."""
        if self.get("instance") is None:
            self.put(instance=secrets.token_hex(6), root=str(self.paths.root))
        return str(self.get("instance"))


def load_secrets(paths: LocalPaths, *, keep: bool = True) -> Mapping[str, str]:
    """The stack's secrets, made at the first start and kept.

    Args:
        paths: of the stack.
        keep: whether new ones are written.

    Returns:
        every name of SECRET_NAMES with its value; each is random, none has a default.
    """
    known = read_json(paths.secrets)
    missing = [name for name in SECRET_NAMES if name not in known]
    if missing:
        known |= {name: MAKERS.get(name, _secret)() for name in missing}
        if keep:
            write_private(paths.secrets, json.dumps(known, indent=2) + "\n")
    return {name: str(value) for name, value in known.items()}
