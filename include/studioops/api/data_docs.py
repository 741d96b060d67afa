"""Great Expectations' Data Docs, from the object store, behind Airflow's own login."""

from __future__ import annotations

import mimetypes
from functools import lru_cache
from http import HTTPStatus

from fastapi import APIRouter, Response
from starlette.exceptions import HTTPException

from studioops.errors import NoSuchObject
from studioops.objectstore import ObjectStore
from studioops.orchestration.connections import open_store
from studioops.orchestration.integrity import DOCS
from studioops.settings import load_settings

# The pages hold values of rows and are made by others: they run no script and fetch nothing from
# anywhere else.
HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
        "font-src 'self' data:; base-uri 'none'; form-action 'none'; frame-ancestors 'self'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
}
router = APIRouter()


@router.get(f"/{DOCS}/{{path:path}}")
def data_docs(path: str) -> Response:
    """One file of the Data Docs of a run.

    Args:
        path: below the bucket's folder of Data Docs.
    """
    if not path or any(part in ("", ".", "..") for part in path.split("/")):
        raise HTTPException(HTTPStatus.NOT_FOUND)
    settings = load_settings()
    try:
        data = _store(settings.minio_health_timeout).get(settings.evidence_bucket, f"{DOCS}/{path}")
    except NoSuchObject:
        raise HTTPException(HTTPStatus.NOT_FOUND) from None
    kind = mimetypes.guess_type(path)[0] or "application/octet-stream"
    return Response(data, media_type=kind, headers=HEADERS)


@lru_cache(maxsize=1)
def _store(timeout: float) -> ObjectStore:
    """The object store, its connections kept between requests."""
    return open_store(timeout)
