"""The object store's key: an object put, read and removed again, by a name of our own."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

from studioops.errors import CouldNotCheck, ObjectStoreDenied, ObjectStoreUnreachable
from studioops.model import Status, Stopwatch
from studioops.objectstore import ObjectStore
from studioops.services.credentials.canary import Canary, sweep
from studioops.services.credentials.credential import Credential
from studioops.services.credentials.weakness import weak_password
from studioops.services.probes.limit import within
from studioops.services.state import Cause, ServiceState

NAME = "object store"
SHOWN = 3


def check_object_store(
    store: ObjectStore | None,
    bucket: str,
    *,
    secret: str = "",
    needed: Collection[str] = (),
    timeout: float = 5,
    name: str = NAME,
) -> Credential:
    """One look at a key. A key that may only read is seen as such, and is no outage.

    Args:
        store: None where none is configured.
        bucket: where the canary goes, and leaves nothing.
        secret: of the key, to be judged; empty where nobody knows it.
        needed: the buckets that are used; another one that the key sees is more than that.
        timeout: seconds for the whole look.
        name: to report it by.
    """
    if store is None:
        return Credential.absent(
            name, "set MINIO_ENDPOINT, MINIO_ACCESS_KEY and MINIO_SECRET_KEY in .env"
        )
    watch, canary = Stopwatch(), Canary(store, bucket)
    weak = weak_password(secret) if secret else ""
    try:
        within(timeout, canary.fly, store.close)
    except TimeoutError:
        late = ObjectStoreUnreachable(
            f"{store.endpoint}/{bucket}: no answer in time ({timeout:g} s)",
            "check whether the store is overloaded or stopped, then look again",
        )
        return _down(name, late, canary, watch, weak)
    except CouldNotCheck as error:
        return _down(name, error, canary, watch, weak)
    buckets = _seen_by(store)
    return Credential(
        name,
        Status.PASSED,
        Cause.OK,
        f"{store.endpoint}/{bucket} takes, gives and removes an object",
        may=(*canary.may, *(["list buckets"] if buckets else [])),
        beyond_need=_others(buckets, needed),
        weak=weak,
        unknown=sweep(store, bucket),
        seconds=watch.seconds,
    )


def _down(
    name: str, error: CouldNotCheck, canary: Canary, watch: Stopwatch, weak: str
) -> Credential:
    """A key that is refused something, or a store that is away."""
    state = ServiceState.down(name, error, watch.seconds * 1000)
    seen = Credential.of_state(name, state, weak=weak, seconds=watch.seconds)
    if isinstance(error, ObjectStoreDenied) and canary.may:
        limited = f"the key may {', '.join(canary.may)}, and not {canary.doing}"
        read_only = " (it is read-only)" if canary.read_only else ""
        seen = replace(
            seen,
            message=f"{limited}{read_only}: {error.message}",
            next_step=f"let the key's policy allow it to {canary.doing}",
            may=canary.may,
        )
    if canary.left:
        said = f"{seen.message}; {canary.left} may have stayed behind"
        seen = replace(seen, message=said)
    return seen


def _seen_by(store: ObjectStore) -> list[str]:
    """The buckets that the key sees; none where it may not list them, which nobody needs here."""
    try:
        return store.buckets()
    except CouldNotCheck:
        return []


def _others(buckets: Collection[str], needed: Collection[str]) -> tuple[str, ...]:
    others = [one for one in buckets if one not in needed] if needed else []
    if not others:
        return ()
    shown = ", ".join(others[:SHOWN]) + (", ..." if len(others) > SHOWN else "")
    return (f"see {len(others)} buckets more ({shown})",)
