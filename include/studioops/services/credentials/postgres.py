"""A role of PostgreSQL and its password: what it may, until when, and how it is kept."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from studioops.errors import DatabaseError
from studioops.model import Status, Stopwatch
from studioops.postgres import Database
from studioops.services.credentials.credential import Credential
from studioops.services.credentials.role import Proof, Role, read_role
from studioops.services.credentials.weakness import is_local, weak_password
from studioops.services.state import Cause, ServiceState

KEPT = "how the password is kept"
UNKNOWN = {
    Proof.PLAIN: f"{KEPT}: the server asks for it as it is, and tells nothing of it",
    Proof.NONE: f"{KEPT}: the server asked for none",
    Proof.OTHER: f"{KEPT}: the server took another proof",
}


def check_postgres(
    database: Database | None,
    *,
    name: str,
    needs: Collection[str] = (),
    timeout: float = 5,
    setting: str = "DATABASE_URL",
) -> Credential:
    """One look at a role, on a connection of its own.

    Args:
        database: None where none is configured.
        name: to report it by.
        needs: attributes that what it is used for takes, such as ``createdb``.
        timeout: seconds for the whole look.
        setting: the setting that holds it.
    """
    if database is None:
        return Credential.absent(name, f"set {setting} in .env")
    watch, dsn = Stopwatch(), database.dsn
    try:
        role = read_role(dsn, timeout)
    except DatabaseError as error:
        state = ServiceState.down(name, error, watch.seconds * 1000)
        weak = weak_password(str(dsn.params.get("password") or ""), dsn.user)
        return Credential.of_state(name, state, weak=weak, seconds=watch.seconds)
    return Credential(
        name,
        Status.PASSED,
        Cause.OK,
        f"{dsn.where} takes the role {role.name} ({_words(role)})",
        may=("connect", *_powers(role)),
        beyond_need=tuple(_beyond(role, needs)),
        expires_at=role.valid_until,
        weak=weakness_of(role),
        exposed=exposure_of(role),
        unknown=(UNKNOWN[role.proof],) if role.proof in UNKNOWN else (),
        seconds=watch.seconds,
    )


def _powers(role: Role) -> Iterator[str]:
    yield from role.attributes
    for group in role.groups:
        yield f"become {group}"


def _beyond(role: Role, needs: Collection[str]) -> Iterator[str]:
    """Backups and scans take all rows, also where tables hide some."""
    needed = {*needs, "bypassrls"} if role.row_security else set(needs)
    return (one for one in _powers(role) if one not in needed)


def _words(role: Role) -> str:
    proven = "no password" if role.proof is Proof.NONE else f"proof: {role.proof}"
    return f"{proven}, {'TLS' if role.tls else 'no TLS'}"


def weakness_of(role: Role) -> str:
    """Why a role's password lets in others too; empty where it does not."""
    weak = weak_password(role.password, role.name) if role.password else ""
    if weak:
        return weak
    if role.proof is Proof.MD5:
        return "is kept as MD5: whoever sees what is kept logs in with it"
    # A socket's owner is known to the server, and over TLS a certificate may be the proof.
    if role.proof is Proof.NONE and not role.tls and not role.host.startswith(("/", "@")):
        return "is not asked for: the server lets in whoever names the role"
    return ""


def exposure_of(role: Role) -> str:
    """How a role's sessions travel readable; empty where they do not."""
    if role.tls or is_local(role.host):
        return ""
    if role.proof is Proof.PLAIN:
        return "is sent as it is and without TLS, readable on the way"
    return "opens sessions without TLS: what they carry is readable on the way"
