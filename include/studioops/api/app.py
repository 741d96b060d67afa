"""The FastAPI app: guarded pages, strict headers, and errors as pages too."""

from __future__ import annotations

from functools import cache
from http import HTTPStatus

from airflow.api_fastapi.auth.managers.models.resource_details import AccessView
from airflow.api_fastapi.core_api.security import requires_access_view
from fastapi import Depends, FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException

from studioops.api import data_docs, evidence, pages, reports, services
from studioops.errors import LedgerUnavailable, StudioOpsError

ADVICE = {
    HTTPStatus.UNAUTHORIZED: "Log in to Airflow in this browser, then load this page again.",
    HTTPStatus.FORBIDDEN: "Ask an administrator for the right to see plugins in Airflow.",
    HTTPStatus.NOT_FOUND: "Look for it in the list of reports.",
}


@cache
def web_app() -> FastAPI:
    """The app. It has no schema page: an unguarded one would list what is guarded."""
    made = FastAPI(title="StudioOps evidence", openapi_url=None)
    guard = [Depends(requires_access_view(AccessView.PLUGINS))]
    made.include_router(reports.router, dependencies=guard)
    made.include_router(evidence.router, dependencies=guard)
    made.include_router(services.router, dependencies=guard)
    made.include_router(data_docs.router, dependencies=guard)
    made.add_api_route("/style.css", pages.style, methods=["GET"])
    made.add_exception_handler(HTTPException, refused)
    made.add_exception_handler(RequestValidationError, not_found)
    made.add_exception_handler(StudioOpsError, unavailable)
    return made


def refused(request: Request, error: Exception) -> Response:
    """A page for 401, 403, 404 and whatever else was answered on purpose."""
    code = error.status_code if isinstance(error, HTTPException) else 500
    status = HTTPStatus(code)
    return pages.message(request, status, status.phrase, ADVICE.get(status, "Go back."))


def not_found(request: Request, _: Exception) -> Response:
    """A report's number that is none is a report that isn't there."""
    return refused(request, HTTPException(HTTPStatus.NOT_FOUND))


def unavailable(request: Request, error: Exception) -> Response:
    """A page for an error of ours: what happened and what to do next."""
    if not isinstance(error, StudioOpsError):
        raise error
    known = isinstance(error, LedgerUnavailable)
    title = "The ledger can't be read" if known else "This can't be shown"
    return pages.message(
        request, HTTPStatus.SERVICE_UNAVAILABLE, title, error.message, error.next_step
    )
