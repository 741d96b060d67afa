"""A plan as an Alembic revision file, for whoever deploys by Alembic alone."""

from studioops.migrations.revisions.writing.place import Place, place_of
from studioops.migrations.revisions.writing.writing import Written, write_revision

__all__ = ["Place", "Written", "place_of", "write_revision"]
