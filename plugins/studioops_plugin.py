"""StudioOps in Airflow's web page."""

from __future__ import annotations

from airflow.plugins_manager import AirflowPlugin

from studioops.api import PREFIX, app


class StudioOpsPlugin(AirflowPlugin):
    """Mounts the evidence pages and puts them into the navigation and beside each run."""

    name = "studioops"
    fastapi_apps = [  # noqa: RUF012 - Airflow's own way
        {"name": "StudioOps evidence", "app": app, "url_prefix": PREFIX}
    ]
    external_views = [  # noqa: RUF012 - Airflow's own way
        {
            "name": "StudioOps evidence",
            "href": f"{PREFIX}/reports",
            "destination": "nav",
            "category": "browse",
            "url_route": "studioops-evidence",
        },
        {
            "name": "Report",
            "href": f"{PREFIX}/runs?dag_id={{DAG_ID}}&run_id={{RUN_ID}}",
            "destination": "dag_run",
            "url_route": "studioops-report",
        },
    ]
