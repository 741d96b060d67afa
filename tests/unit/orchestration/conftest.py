"""Airflow reads its home at the first import: give it one that is nobody's."""

from __future__ import annotations

import os
import tempfile

HOME = tempfile.TemporaryDirectory(prefix="studioops-airflow-")
os.environ.setdefault("AIRFLOW_HOME", HOME.name)
