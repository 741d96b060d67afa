"""From values to pages: templates that escape everything, headers that allow no script."""

from __future__ import annotations

from datetime import datetime
from functools import cache
from http import HTTPStatus
from importlib.resources import files
from typing import Any

from fastapi import Request, Response
from fastapi.responses import HTMLResponse
from jinja2 import Environment, PackageLoader, StrictUndefined

from studioops.model import Status

HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'none'; "
        "frame-ancestors 'self'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
}
MINUTE = 60
WORDS = {
    Status.PASSED: "passed",
    Status.FAILED: "failed",
    Status.NOT_CHECKED: "not checked",
    Status.NOT_APPLICABLE: "does not apply",
}


def page(
    request: Request, name: str, *, status: HTTPStatus = HTTPStatus.OK, **values: Any
) -> HTMLResponse:
    """A page from a template.

    Args:
        request: gives the path under which the app is mounted.
        name: the template's name without the ending.
        status: of the answer.
        values: what the template shows.
    """
    root = request.scope.get("root_path", "").rstrip("/")
    text = _environment().get_template(f"{name}.html").render(root=root, **values)
    return HTMLResponse(text, status_code=status, headers=HEADERS)


def message(
    request: Request, status: HTTPStatus, title: str, text: str, next_step: str = ""
) -> HTMLResponse:
    """A page that says why there is nothing to show."""
    values = {"code": status.value, "title": title, "text": text, "next_step": next_step}
    return page(request, "message", status=status, **values)


def style() -> Response:
    """The style sheet, alike for everyone."""
    text = files(__package__).joinpath("style.css").read_text(encoding="utf-8")
    return Response(text, media_type="text/css", headers={"Cache-Control": "max-age=300"})


def moment(when: datetime | None) -> str:
    """A time as it is read in a log, with its zone."""
    return when.strftime("%Y-%m-%d %H:%M:%S %Z") if when else "never"


def duration(seconds: float) -> str:
    """Seconds as people say them."""
    if seconds < 1:
        return f"{seconds * 1000:.0f} ms"
    if seconds < MINUTE:
        return f"{seconds:.1f} s"
    minutes, rest = divmod(round(seconds), MINUTE)
    return f"{minutes} min {rest} s"


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader(__package__),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update(moment=moment, duration=duration, word=WORDS.__getitem__)
    return environment
