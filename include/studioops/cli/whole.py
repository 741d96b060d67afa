"""What a contract asks for beside relationships, looked at with a scan."""

from __future__ import annotations

from collections.abc import Iterator

from studioops.cli.options import Chosen
from studioops.cli.store import open_store
from studioops.errors import CouldNotCheck, UsageError
from studioops.integrity import (
    check_expectations,
    compare_objects,
    objects_not_checked,
    with_parts,
)
from studioops.model import Report
from studioops.postgres import Database

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
            with open_store(chosen.settings, UsageError(NO_STORE, SET_STORE)) as store:
                contents = chosen.settings.object_contents or None
                yield compare_objects(
                    database, store, contract, target=chosen.label, contents=contents
                )
        except (CouldNotCheck, UsageError) as error:
            reason = error.reason
            yield objects_not_checked(contract, reason, chosen.label)
    if contract is not None and contract.expectations:
        yield check_expectations(database, contract, target=chosen.label)
