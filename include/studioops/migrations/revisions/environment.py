"""The user's env.py, run on the runner's session instead of the connection that it would make."""

from __future__ import annotations

import logging.config
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, nullcontext, redirect_stdout
from dataclasses import dataclass, field
from threading import get_ident
from typing import Any
from unittest.mock import patch

from alembic.operations import Operations
from alembic.runtime.environment import EnvironmentContext
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Connection, Engine

from studioops.migrations.revisions.borrowed import USE_BLOCK, Borrowed
from studioops.migrations.revisions.failed import MEND, RevisionFailed, failed
from studioops.migrations.revisions.script import Script

Work = Callable[[MigrationContext, Mapping[str, Any]], object]


class LentTransaction:
    """What env.py gets where it begins a transaction: whoever lends it begins and ends it."""

    def __enter__(self) -> LentTransaction:
        """As a transaction is used."""
        return self

    def __exit__(self, *_: object) -> None:
        """It stays open."""

    def commit(self) -> None:
        """Nor is it committed."""

    def rollback(self) -> None:
        """Nor rolled back: whatever made env.py want that is told by its error."""

    close = rollback


class Lent:
    """What env.py gets where it connects: neither begun, ended nor closed by it."""

    def __init__(self, connection: Connection | None) -> None:
        self._connection = connection

    def __getattr__(self, name: str) -> Any:
        """All else is the connection's own."""
        return getattr(self._connection, name)

    def __enter__(self) -> Lent:
        """As a connection is used."""
        return self

    def __exit__(self, *_: object) -> None:
        """It stays open."""

    def begin(self) -> LentTransaction:
        """Whoever lends it begins and ends the transaction."""
        return LentTransaction()

    def commit(self) -> None:
        """Nor is it committed."""

    def close(self) -> None:
        """Nor closed."""


@dataclass
class Instead:
    """What of Alembic's context is answered otherwise than env.py expects.

    Args:
        context: Alembic's own.
        on: where to run; None to write SQL alone.
        work: what to do once env.py has set everything.
        done: whether it was done.
    """

    context: EnvironmentContext
    on: Borrowed | None
    work: Work
    done: bool = False
    _configure: Callable[..., None] = field(init=False)

    def __post_init__(self) -> None:
        """Alembic's module hands every call to this object's attributes."""
        self._configure = self.context.configure
        vars(self.context).update(configure=self.configure, run_migrations=self.run_migrations)

    def configure(self, connection: Any = None, url: Any = None, **opts: Any) -> None:  # noqa: ARG002
        """What env.py asks for, but for where to connect."""
        if vars(self.context).get("_migration_context") is not None:
            raise RevisionFailed(
                "env.py speaks with several databases", "give each an alembic.ini and an env.py"
            )
        if self.on is None:
            self._configure(**{**opts, "dialect_name": "postgresql", "literal_binds": True})
            return
        own = self.on.connection
        if not self.on.shared and own.in_transaction():
            own.commit()
        self._configure(connection=own, **opts)

    def run_migrations(self, **arguments: Any) -> None:
        """The work, where env.py would run whatever is missing."""
        context = self.context.get_context()
        with Operations.context(context):
            self.work(context, arguments)
        self.done = True


def run_env(script: Script, on: Borrowed | None, work: Work, who: str, **opts: Any) -> None:
    """Run env.py, and in it the work.

    Args:
        script: the history.
        on: where to run; None to write SQL alone.
        work: what to do, given the context as env.py has set it, and what it hands to revisions.
        who: such as ``the revision 0001``, for whatever goes wrong.
        opts: Alembic's own.

    Raises:
        RevisionFailed: env.py or the work raised.
    """
    environment = EnvironmentContext(script.config, script.directory, **opts)
    instead = Instead(environment, on, work)
    lent = Lent(on.connection if on else None)
    script.config.attributes["connection"] = lent if on else None
    try:
        with environment, _kept_apart(lent):
            script.directory.run_env()
    except (Exception, SystemExit) as error:  # noqa: BLE001  (it is anybody's code)
        raise failed(who, error) from None
    finally:
        script.config.attributes.pop("connection", None)
    if not instead.done:
        raise RevisionFailed(f"{who}: env.py does not call context.run_migrations()", MEND)


def shared_only(context: MigrationContext) -> None:
    """Tell a revision that asks for transactions of its own that it was not planned so."""

    def refused() -> AbstractContextManager[None]:
        raise RevisionFailed(
            "it asks for an autocommit block in a way that can't be read in its file", USE_BLOCK
        )

    vars(context)["autocommit_block"] = refused


@contextmanager
def _kept_apart(lent: Lent) -> Iterator[None]:
    """Stdout is ours, logging stays as it is, and whoever connects gets what is lent.

    env.py makes its engine as it likes, of whatever URL: nothing connects before ``connect``.
    """
    own, real_connect, real_begin = get_ident(), Engine.connect, Engine.begin

    def connect(engine: Engine) -> Any:
        return lent if get_ident() == own else real_connect(engine)

    def begin(engine: Engine) -> AbstractContextManager[Any]:
        return nullcontext(lent) if get_ident() == own else real_begin(engine)

    def nothing(*_: object, **__: object) -> None:
        return None

    with (
        redirect_stdout(sys.stderr),
        patch.object(logging.config, "fileConfig", nothing),
        patch.object(logging.config, "dictConfig", nothing),
        patch.object(Engine, "connect", connect),
        patch.object(Engine, "begin", begin),
    ):
        yield
