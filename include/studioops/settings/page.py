"""``docs/configuration.md``: every variable and every rule, from the declarations."""

from __future__ import annotations

from itertools import groupby

from studioops.settings.environment import Environment
from studioops.settings.rules import RULES
from studioops.settings.variables import Variable, variables

HEAD = """\
# Configuration

Every setting is a variable of the environment. What the environment has beats `.env` in the
current directory, and that beats what the local stack wrote (`.local/stack.env`); an empty value
counts as not set. `STUDIOOPS_ENV` says which of the three configurations it is: `template`,
`development` (also where nothing says so) or `production`. This page, `.env.template`,
`.env.development` and `.env.production` are made from the declarations by `make docs`.

```sh
studioops config setup --env development    # writes .env, with secrets made for it
studioops config validate                   # exit 0 where it is fit, 1 where it is not
studioops config show --origin              # each value, and where it was read from
studioops config diff .env.production       # a file against what runs
studioops config reset                      # back to the template; shows first what changes
studioops config generate-docs              # this page
```

`python config_manager.py setup --env development` and so on do the same. `setup` and `reset` ask
before they change an `.env` that is there (`--yes` agrees beforehand), and keep a copy of it in
`.local/env`. `reset` leaves alone what the template leaves open: secrets, addresses, targets and
names that are declared nowhere. No command shows a secret.

In production give the secrets in the environment or by a secrets backend rather than in `.env`.
Nothing of ours starts in production while `config validate` finds something critical: commands
end with exit code 4 and say what to mend. The variables from *Signing in to the application* on
are the application's own: they are judged here, and used there.
"""


def page() -> str:
    """The page's text."""
    tables = []
    for group, members in groupby(variables(), key=lambda one: one.group):
        lines = "".join(map(_line, members))
        tables.append(
            f"\n## {group}\n\n| variable | what it is for | value | template | development "
            f"| production |\n|---|---|---|---|---|---|\n{lines}"
        )
    rules = "".join(f"| `{one.__name__}` | {_sentence(one.__doc__)} |\n" for one in RULES)
    return (
        f"{HEAD}{''.join(tables)}\n## The rules\n\n"
        "A configuration is valid with no error and nothing critical. Warnings are told and change "
        f"nothing.\n\n| rule | what it asks for |\n|---|---|\n{rules}"
    )


def _line(one: Variable) -> str:
    values = [_cell(one.value_in(environment)) for environment in Environment]
    notes = "".join(
        note
        for note, told in ((", secret", one.secret), (", **required in production**", one.required))
        if told
    )
    cells = [f"`{one.name}`", _plain(one.description), f"{one.kind}{notes}", *values]
    return f"| {' | '.join(cells)} |\n"


def _cell(value: str | None) -> str:
    return f"`{value}`" if value is not None else ""


def _plain(text: str) -> str:
    return text.replace("|", "\\|").replace("*", "\\*").replace("_", "\\_")


def _sentence(doc: str | None) -> str:
    return str(doc).strip().replace("``", "`").replace("|", "\\|")
