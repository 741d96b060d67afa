"""References that lead out of the database: columns whose values name objects of a bucket."""

from studioops.integrity.objects.compare import compare_objects, objects_not_checked

__all__ = ["compare_objects", "objects_not_checked"]
