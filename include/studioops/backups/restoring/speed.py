"""Settings of our sessions with a scratch database, which nobody else has and none need keep."""

from __future__ import annotations

from studioops.postgres import Dsn

# Workers take longer to start than they save on smaller tables: other jobs have the cores.
WORKERS = "-c min_parallel_table_scan_size=64MB"
# Nothing of a scratch database need survive a crash of the server.
RESTORING = f"-c synchronous_commit=off -c maintenance_work_mem=256MB {WORKERS}"
# Parents fit into memory by the million; a drill has few connections, each with one join.
LOOKING = "-c work_mem=64MB"


def with_settings(dsn: Dsn, settings: str) -> Dsn:
    """The same database, its sessions with more settings.

    Args:
        dsn: of the scratch database; its own options come first.
        settings: as the word ``options`` of libpq takes them.
    """
    options = f"{dsn.params.get('options') or ''} {settings}".strip()
    return Dsn({**dsn.params, "options": options})
