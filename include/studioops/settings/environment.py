"""The three configurations, and how a declaration says what differs between them."""

from __future__ import annotations

from enum import StrEnum

from pydantic import JsonValue


class Environment(StrEnum):
    """Which of the three configurations this is."""

    TEMPLATE = "template"
    DEVELOPMENT = "development"
    PRODUCTION = "production"


def written(  # noqa: D417  (each of the three is what its name says)
    template: JsonValue = None,
    development: JsonValue = None,
    production: JsonValue = None,
    *,
    required: bool = False,
    fresh: bool = False,
) -> dict[str, JsonValue]:
    """What ``.env`` files say of a setting, for ``json_schema_extra``.

    Args:
        required: whether production can't do without it.
        fresh: whether ``config setup`` makes one for development.
    """
    values = zip(Environment, (template, development, production), strict=True)
    said: JsonValue = {name: value for name, value in values if value is not None}
    return {"written": said, "required": required, "fresh": fresh}
