"""Page: when each subject was last proven."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response

from studioops.api import pages
from studioops.api.reports import evidence_ledger

router = APIRouter()


@router.get("/evidence")
def last_proof(request: Request, target: str | None = None) -> Response:
    """Of each subject the last look and the last one that passed.

    Args:
        request: what was asked.
        target: only this one's subjects.
    """
    return pages.page(request, "evidence", subjects=evidence_ledger().latest(target))
