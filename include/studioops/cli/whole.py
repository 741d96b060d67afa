"""What a contract asks for beside relationships, looked at with a scan."""

from __future__ import annotations

from collections.abc import Iterator

from studioops.cli.options import Chosen
from studioops.errors import CouldNotCheck, UsageError
from studioops.integrity import (
    check_expectations,
    compare_objects,
    objects_not_checked,
    with_parts,
)
from studioops.model import Report
from studioops.objectstore import ObjectStore, open_object_store
from studioops.postgres import Database
from studioops.settings import Settings

NO_STORE = "no object store is configured"
SET_STORE = "set MINIO_ENDPOINT, MINIO_ACCESS_KEY and MINIO_SECRET_KEY"


def look_at_the_rest(chosen: Chosen, database: Database, scan: Report) -> Report:
    """The scan's report with the contract's objects and expectations.

    Args:
        chosen: the target, with its contract.
        database: opened.
        scan: the relationships.
    """
    return with_parts(scan, *_parts(chosen, database))


def _parts(chosen: Chosen, database: Database) -> Iterator[Report]:
    contract = chosen.contract
    if contract is not None and contract.objects:
        try:
            with _store(chosen.settings) as store:
                contents = chosen.settings.object_contents or None
                yield compare_objects(
                    database, store, contract, target=chosen.label, contents=contents
                )
        except (CouldNotCheck, UsageError) as error:
            reason = f"{error.message}; next: {error.next_step}"
            yield objects_not_checked(contract, reason, chosen.label)
    if contract is not None and contract.expectations:
        yield check_expectations(database, contract, target=chosen.label)


def _store(settings: Settings) -> ObjectStore:
    key, secret = settings.minio_access_key, settings.minio_secret_key
    if settings.minio_endpoint is None or key is None or secret is None:
        raise UsageError(NO_STORE, SET_STORE)
    return open_object_store(
        settings.minio_endpoint,
        key.get_secret_value(),
        secret.get_secret_value(),
        region=settings.minio_region,
        secure=settings.minio_secure,
        timeout=settings.minio_health_timeout,
    )
