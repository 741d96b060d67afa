"""Great Expectations' Data Docs, from the object store, behind Airflow's own login.

The page that they begin with is ours: theirs is a table that only a script can fill.
"""

from __future__ import annotations

from functools import lru_cache
from http import HTTPStatus

from fastapi import APIRouter, Request, Response
from starlette.exceptions import HTTPException

from studioops.api import pages
from studioops.api.data_docs_view import index_view, table_of
from studioops.api.reports import evidence_ledger
from studioops.api.views import main_report, run_reports
from studioops.errors import NoSuchObject
from studioops.integrity import plain_html
from studioops.ledger import StoredReport
from studioops.objectstore import ObjectStore
from studioops.orchestration.connections import open_store
from studioops.orchestration.integrity import DOCS
from studioops.settings import load_settings

INDEX = "index.html"
router = APIRouter(prefix=f"/{DOCS}/{{target}}/{{dag_id}}/{{run_id}}")


@router.get(f"/{INDEX}")
def index(request: Request, target: str, dag_id: str, run_id: str) -> Response:
    """What was expected of each table in a run, and what became of it."""
    place, settings = _key(target, dag_id, run_id, ""), load_settings()
    store = _store(settings.minio_health_timeout)
    keys = [one.key for page in store.pages(settings.evidence_bucket, place) for one in page]
    if not keys:
        raise HTTPException(HTTPStatus.NOT_FOUND)
    view = index_view(_report_of(dag_id, run_id), [key.removeprefix(place) for key in keys])
    return pages.page(request, "data_docs", target=target, dag_id=dag_id, run_id=run_id, **view)


@router.get("/{path:path}.html")
def one_page(request: Request, target: str, dag_id: str, run_id: str, path: str) -> Response:
    """A page that Great Expectations made, in a frame of ours."""
    key, settings = _key(target, dag_id, run_id, f"{path}.html"), load_settings()
    try:
        made = _store(settings.minio_health_timeout).get(settings.evidence_bucket, key)
    except NoSuchObject:
        raise HTTPException(HTTPStatus.NOT_FOUND) from None
    return pages.page(
        request,
        "data_docs_page",
        target=target,
        table=table_of(f"{path}.html"),
        index="../" * path.count("/") + INDEX,
        content=plain_html(made.decode(errors="replace")),
    )


def _key(target: str, dag_id: str, run_id: str, path: str) -> str:
    """Where a page lies in the bucket; nothing outside the Data Docs can be named."""
    key = "/".join((DOCS, target, dag_id, run_id, path))
    if any(part in ("", ".", "..") for part in key.removesuffix("/").split("/")):
        raise HTTPException(HTTPStatus.NOT_FOUND)
    return key


def _report_of(dag_id: str, run_id: str) -> StoredReport | None:
    """The report of the run that made the docs; None where the ledger does not remember it."""
    ledger = evidence_ledger()
    reports = run_reports(ledger, run_id, dag_id)
    return ledger.report(main_report(reports).report_id) if reports else None


@lru_cache(maxsize=1)
def _store(timeout: float) -> ObjectStore:
    """The object store, its connections kept between requests."""
    return open_store(timeout)
