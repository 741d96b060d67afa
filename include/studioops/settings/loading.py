"""The settings as they stand, or the one line that says what is wrong with them."""

from __future__ import annotations

import re

from pydantic import ValidationError
from pydantic_settings import SettingsError as SourceError

from studioops.errors import SettingsError
from studioops.settings.declarations import Settings
from studioops.settings.fit import require_fit

FIELD = re.compile(r'field "(\w+)"')


def load_settings() -> Settings:
    """The settings as they stand now.

    Returns:
        the settings; an empty variable counts as not set.

    Raises:
        SettingsError: a value can't be what its setting is; names it and never shows the value.
        Refused: this is production, and the configuration is not fit for it.
    """
    try:
        settings = Settings()
    except ValidationError as error:
        faults = error.errors(include_input=False, include_url=False)
        said = "; ".join(f"setting {variable_at(one['loc'])}: {one['msg']}" for one in faults)
        names = ", ".join(variable_at(one["loc"]) for one in faults)
        raise SettingsError(said, f"mend {names} in .env or in the environment") from None
    except SourceError as error:
        raise _no_json(str(error)) from None
    except UnicodeDecodeError:
        raise SettingsError(".env is no text in UTF-8", "write it anew in UTF-8") from None
    require_fit(settings)
    return settings


def variable_at(location: tuple[int | str, ...]) -> str:
    """The environment variable behind the place that pydantic names."""
    first, *rest = (str(part) for part in location)
    field = Settings.model_fields.get(first)
    top = field.alias if field is not None and field.alias else first
    return "__".join([top, *rest]).upper()


def _no_json(said: str) -> SettingsError:
    """What pydantic-settings says of a value that should be JSON, in our words."""
    found = FIELD.search(said)
    name = variable_at((found[1],)) if found else "a setting"
    examples = {
        "STUDIOOPS_TARGETS": f"{name}__NAME__URL=… and {name}__NAME__CONTRACT=…",
        "STUDIOOPS_SERVICES": f"{name}__NAME__KIND=… and {name}__NAME__URL=…",
    }
    return SettingsError(f"{name} is no valid JSON", f"use {examples.get(name, f'{name}__NAME=…')}")
