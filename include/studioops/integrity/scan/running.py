"""The statements that run now, so that they can be cancelled from another thread."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from threading import Lock
from typing import Any, cast

import psycopg
from sqlalchemy import Connection


class Running:
    """Connections at work."""

    def __init__(self) -> None:
        self._drivers: set[psycopg.Connection[Any]] = set()
        self._lock = Lock()

    @contextmanager
    def kept(self, connection: Connection) -> Iterator[None]:
        """Know a connection while somebody works on it.

        Args:
            connection: in a transaction.
        """
        driver = cast("psycopg.Connection[Any]", connection.connection.driver_connection)
        with self._lock:
            self._drivers.add(driver)
        try:
            yield
        finally:
            with self._lock:
                self._drivers.discard(driver)

    def cancel(self) -> None:
        """Ask the server to end every statement that runs now."""
        with self._lock:
            drivers = list(self._drivers)
        for driver in drivers:
            # A server that is gone has nothing left to cancel.
            with suppress(psycopg.Error):
                driver.cancel_safe(timeout=2)
