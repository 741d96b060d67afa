"""The user's own Alembic history: read, and run one revision at a time on the runner's session."""

from __future__ import annotations

from pathlib import Path

import studioops

# StudioOps' own: from the legacy database to the schema that it was meant to have.
SHIPPED = Path(studioops.__file__).parents[1] / "revisions" / "studioops" / "alembic.ini"
