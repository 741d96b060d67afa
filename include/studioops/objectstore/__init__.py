"""The S3 object store: a client with limits, buckets, errors in our own words."""

from studioops.objectstore.store import ObjectStore, open_object_store

__all__ = ["ObjectStore", "open_object_store"]
