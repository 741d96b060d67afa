"""The pages that show evidence, mounted into Airflow's own web server by the plugin."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from starlette.types import Receive, Scope, Send

PREFIX = "/studioops"


async def app(scope: Scope, receive: Receive, send: Send) -> None:
    """The ASGI app. What it needs is imported at the first request.

    Airflow loads plugins in every process, each task's included; only its web server may pay.
    """
    from studioops.api.app import web_app

    await web_app()(scope, receive, send)
