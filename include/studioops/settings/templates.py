"""The ``.env`` files, written from the declarations so that they can't drift from them."""

from __future__ import annotations

import io
import re
import secrets
import textwrap
from collections.abc import Callable, Mapping
from itertools import groupby

from dotenv.parser import parse_stream

from studioops.settings.environment import Environment
from studioops.settings.variables import Variable, variable_of, variables

FILES = {one: f".env.{one}" for one in Environment}
OURS = "STUDIOOPS_"
PLAIN = re.compile(r"[\w./:@,+-]+")
HEAD = """\
# {title}
# Written from the declarations in include/studioops/settings: `make docs` writes it anew, and
# `studioops config setup --env {environment}` writes .env from them. docs/configuration.md has all
# in a table. What stands behind # is not set; what is shown there is what counts then.
# The environment beats this file. Secrets are best given there, or by a secrets backend.
"""
TITLES = {
    Environment.TEMPLATE: "Every setting, with what it usually is",
    Environment.DEVELOPMENT: "For development: talkative, patient, on one machine",
    Environment.PRODUCTION: "For production; the required secrets come from the environment",
}
WIDTH = 98
OTHERS = "Names that are declared nowhere"


def fresh_secret() -> str:
    """A new secret: in hexadecimal no word can turn up by chance."""
    return secrets.token_hex(32)


def template(
    environment: Environment,
    *,
    make: Callable[[], str] | None = None,
    kept: Mapping[str, str] | None = None,
) -> str:
    """The text of an environment's ``.env`` file.

    Args:
        environment: one of the three.
        make: makes the secrets that development has made for it; None leaves them open.
        kept: lines that stay as they are, by the variable that they set.

    Returns:
        the text; valid for what it is.
    """
    lines = dict(kept or {})
    parts = [HEAD.format(title=TITLES[environment], environment=environment)]
    for group, members in groupby(variables(), key=lambda one: one.group):
        parts.append(f"\n# === {group}\n")
        parts += [
            f"{_comment(one)}{lines.pop(one.name, None) or _line(one, environment, make)}"
            for one in members
        ]
    if lines:
        parts += [f"\n# === {OTHERS}\n", *lines.values()]
    return "".join(parts)


def reset(text: str, environment: Environment, *, make: Callable[[], str] | None = None) -> str:
    """A file's text with everything that the template says back at that.

    Args:
        text: of the file. What the template leaves open stays: secrets, addresses, targets,
            names that are declared nowhere.
        environment: whose template.
        make: makes the secrets that development has made for it, where the file has none.
    """
    kept: dict[str, str] = {}
    for one in parse_stream(io.StringIO(text)):
        if one.key is None or one.error or not one.value:
            continue
        declared = variable_of(one.key.upper())
        if declared is None or declared.value_in(environment) is None:
            name = declared.name if declared else one.key
            kept[name] = kept.get(name, "") + one.original.string.strip("\n") + "\n"
    return template(environment, make=make, kept=kept)


def _comment(one: Variable) -> str:
    words = [
        one.kind if one.kind != "text" else "",
        "secret" if one.secret else "",
        "required in production" if one.required else "",
    ]
    said = "; ".join(filter(None, words))
    text = f"{one.description}{f' ({said})' if said else ''}"
    return "".join(f"# {line}\n" for line in textwrap.wrap(text, WIDTH, break_long_words=False))


def _line(one: Variable, environment: Environment, make: Callable[[], str] | None) -> str:
    if one.fresh and make is not None:
        return f"{one.name}={make()}\n"
    value = one.value_in(environment)
    # Of our own settings a default that is written down would outlive a better one.
    written = value is not None and (environment in one.values or not one.name.startswith(OURS))
    return f"{'' if written else '# '}{one.name}={_quoted(value or '')}\n"


def _quoted(value: str) -> str:
    return value if not value or PLAIN.fullmatch(value) else f'"{value}"'
