"""Pages: one report, the latest reports, the report of a DAG's run."""

from __future__ import annotations

from functools import lru_cache
from http import HTTPStatus

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse
from starlette.exceptions import HTTPException

from studioops.api import pages
from studioops.api.views import main_report, report_view, run_reports
from studioops.errors import UsageError
from studioops.ledger import Ledger, open_ledger
from studioops.orchestration.connections import LEDGER, database_url

LATEST = 50
router = APIRouter()


def evidence_ledger() -> Ledger:
    """The ledger, its connections kept between requests.

    Raises:
        SettingsError: Airflow has no connection to it.
    """
    return _opened(database_url(LEDGER))


@router.get("/reports")
def latest_reports(request: Request) -> Response:
    """The latest runs, each with its reports."""
    return pages.page(request, "reports", runs=evidence_ledger().runs(limit=LATEST))


@router.get("/reports/{report_id}")
def one_report(request: Request, report_id: int) -> Response:
    """A report in full."""
    ledger = evidence_ledger()
    try:
        stored = ledger.report(report_id)
    except UsageError:
        raise HTTPException(HTTPStatus.NOT_FOUND) from None
    of_run = run_reports(ledger, stored.run.run_id, stored.run.name)
    siblings = [one for one in of_run if one.report_id != report_id]
    return pages.page(request, "report", **report_view(stored, siblings))


@router.get("/runs")
def run_report(request: Request, dag_id: str, run_id: str) -> Response:
    """The report that a run is about. Airflow shows this beside the run."""
    reports = run_reports(evidence_ledger(), run_id, dag_id)
    if not reports:
        return pages.message(
            request,
            HTTPStatus.NOT_FOUND,
            "Nothing is recorded for this run",
            "Its reports are written near its end; a run of another kind has none.",
        )
    root = request.scope.get("root_path", "").rstrip("/")
    return RedirectResponse(
        f"{root}/reports/{main_report(reports).report_id}", HTTPStatus.SEE_OTHER
    )


@lru_cache(maxsize=1)
def _opened(url: str) -> Ledger:
    return open_ledger(url)
