"""The asset that says that there is a new backup: a drill of it is due then."""

from __future__ import annotations

from airflow.sdk import Asset

BACKUPS = Asset(name="studioops_backups", uri="studioops://backups", group="studioops")
