"""Airflow reads its home at the first import: give it one that is nobody's."""

from __future__ import annotations

import os
import tempfile

os.environ.setdefault("AIRFLOW_HOME", tempfile.mkdtemp(prefix="studioops-airflow-"))
