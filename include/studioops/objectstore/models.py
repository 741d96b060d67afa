"""What botocore knows of S3, read from its files once a process and not once a client."""

from __future__ import annotations

from datetime import datetime
from functools import cache
from typing import Any

from boto3.session import Session
from botocore.loaders import Loader, create_loader
from botocore.session import get_session
from botocore.utils import parse_timestamp


class SharedLoader(Loader):
    """A loader for many sessions."""

    @property
    def search_paths(self) -> list[str]:
        """Where it looks; a copy, since each boto3 session appends to what it is given."""
        return [*super().search_paths]


def new_session() -> Session:
    """A session of its own, since two threads may not share one; with the models of the others.

    Raises:
        BotoCoreError: the machine's own AWS configuration is broken.
    """
    core = get_session()
    core.register_component("data_loader", _loader(core.get_config_variable("data_path")))
    core.get_component("response_parser_factory").set_parser_defaults(timestamp_parser=moment)
    return Session(botocore_session=core)


def moment(value: Any) -> datetime:
    """A time as a store writes it.

    botocore's own parser, which guesses the format, takes half of the time that a list takes.

    Args:
        value: of a list, ``2026-11-24T02:00:00.000Z``; anything else is left to botocore.
    """
    if isinstance(value, str) and value[10:11] == "T" and value.endswith("Z"):
        return datetime.fromisoformat(value)
    return parse_timestamp(value)


@cache
def _loader(path: str | None) -> SharedLoader:
    found = create_loader(path).search_paths
    return SharedLoader(extra_search_paths=found, include_default_search_paths=False)
