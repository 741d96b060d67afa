"""The probe of the object store: are the buckets there that the application needs?"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from functools import partial
from typing import Any

from studioops.errors import CouldNotCheck, ObjectStoreUnreachable
from studioops.model import Status, Stopwatch
from studioops.objectstore import ObjectStore
from studioops.services.probes.limit import within
from studioops.services.state import Cause, ServiceState

SERVICE = "object store"
ANSWERED = "before-parse.s3.ListBuckets"


def probe_object_store(
    store: ObjectStore | None,
    buckets: Collection[str],
    *,
    timeout: float = 5,
    slow_after: float = 1,
    service: str = SERVICE,
) -> ServiceState:
    """One look at the object store. Never raises for an outage.

    Args:
        store: what to look at; None where none is configured.
        buckets: those that must be there.
        timeout: seconds for the whole look.
        slow_after: seconds from which an answer counts as degraded.
        service: the name to report it by.

    Returns:
        passed with every bucket there, failed with the cause, or not_checked.
    """
    if store is None:
        return ServiceState.unknown(
            service, "set MINIO_ENDPOINT, MINIO_ACCESS_KEY and MINIO_SECRET_KEY in .env"
        )
    watch = Stopwatch()
    try:
        missing = _missing(store, buckets, timeout)
    except CouldNotCheck as error:
        return ServiceState.down(service, error, watch.seconds * 1000)
    latency = watch.seconds * 1000
    if missing:
        return _without(service, store, missing, latency)
    there = {"buckets": list(buckets)}
    message = f"{store.endpoint} answers in {latency:.0f} ms"
    cause, step = Cause.OK, ""
    if latency > slow_after * 1000:
        cause, step = Cause.SLOW, "look at the load of the object store and its disks"
    return ServiceState(service, Status.PASSED, cause, message, step, latency, there)


def _missing(store: ObjectStore, buckets: Collection[str], timeout: float) -> list[str]:
    # Registered once a client: the second one of that name is none.
    store.client.meta.events.register_first(
        ANSWERED, partial(_whole, store.endpoint), unique_id="studioops whole answer"
    )
    try:
        return within(timeout, lambda: store.missing_buckets(buckets), store.close)
    except TimeoutError:
        raise ObjectStoreUnreachable(
            f"{store.endpoint}: no answer in time ({timeout:g} s)",
            "check MINIO_ENDPOINT and the firewall, and whether the store is overloaded or stopped",
        ) from None


def _whole(endpoint: str, response_dict: Mapping[str, Any], **_: Any) -> None:
    """Boto3 takes an answer that was cut short for trouble of the store's own.

    Raises:
        ObjectStoreUnreachable: some of the answer is missing.
    """
    headers, body = response_dict["headers"], response_dict["body"]
    if "content-encoding" not in headers and len(body) < int(headers.get("content-length", 0)):
        raise ObjectStoreUnreachable(
            f"{endpoint}: no connection: it broke in the middle of an answer",
            "check for a proxy or a firewall in between, then look again",
        )


def _without(service: str, store: ObjectStore, missing: list[str], latency: float) -> ServiceState:
    names = ", ".join(missing)
    return ServiceState(
        service,
        Status.FAILED,
        Cause.MISSING_BUCKET,
        f"{store.endpoint} has no bucket {names}",
        "run `studioops up` for the local store, or `aws s3api create-bucket --bucket "
        f"{missing[0]} --endpoint-url {store.client.meta.endpoint_url}`",
        latency,
        {"missing": missing},
    )
