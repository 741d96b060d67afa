"""The legacy StudioOps database: the demonstration's, with its broken references.

``schema.sql`` is the database as it was found; ``rows`` makes the same rows each time; ``faults``
says which references are broken, and the loader writes them past the constraints.
"""

from studioops.local.studioops_legacy.documents import legacy_objects
from studioops.local.studioops_legacy.load import legacy_is_loaded, load_legacy

__all__ = ["legacy_is_loaded", "legacy_objects", "load_legacy"]
