"""The legacy StudioOps database and its objects, put in once."""

from __future__ import annotations

import psycopg

from studioops.local.parts import Parts
from studioops.local.studioops_legacy import legacy_is_loaded, legacy_objects, load_legacy
from studioops.objectstore import ObjectStore

OWNER = "studioops"


def load_demo(parts: Parts, dsn: str, store: ObjectStore) -> None:
    """Load the database where there is none, and its objects once.

    Args:
        parts: of the stack.
        dsn: of the superuser in the database of the target, on our own server.
        store: the local object store.
    """
    with psycopg.connect(dsn) as connection:
        if not legacy_is_loaded(connection):
            parts.say("loading the legacy StudioOps database")
            load_legacy(connection, OWNER)
    if not parts.state.get("objects_loaded"):
        bucket = parts.settings().minio_documents_bucket
        for key, content in legacy_objects():
            store.put(bucket, key, content)
        parts.state.put(objects_loaded=True)
