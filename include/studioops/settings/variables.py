"""The declarations as a list: what templates, documentation and judgement are made from."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cache
from typing import Any, get_args

from annotated_types import Ge, Gt, Le, Lt
from pydantic import BaseModel, SecretStr
from pydantic.fields import FieldInfo
from pydantic_settings import BaseSettings

from studioops.settings.application import ApplicationSettings
from studioops.settings.declarations import Settings
from studioops.settings.environment import Environment

NESTED = "__"
OWN_TITLE = "Databases under care, and how they are worked on"
BOUNDS = ((Ge, "ge", "at least"), (Gt, "gt", "above"), (Le, "le", "at most"), (Lt, "lt", "below"))
KINDS = ((bool, "true or false"), (int, "whole number"), (float, "number"), (dict, "JSON"))


@dataclass(frozen=True, slots=True)
class Variable:
    """One declared variable of the environment.

    Args:
        name: as the environment spells it.
        group: what it is about, as the declaring class says.
        kind: what its value must be.
        default: what counts where nothing is set; None where nothing does.
        description: what it is for.
        secret: whether its value is never shown.
        required: whether production can't do without it.
        fresh: whether ``config setup`` makes one for development.
        nested: whether ``NAME__KEY`` sets one entry of it.
        open_keys: the last words of such a name whose values may be shown all the same.
        values: what ``.env`` files say, where they don't say the default.
    """

    name: str
    group: str
    kind: str
    default: str | None
    description: str
    secret: bool
    required: bool = False
    fresh: bool = False
    nested: bool = False
    open_keys: frozenset[str] = frozenset()
    values: Mapping[str, str] = field(default_factory=dict)

    def value_in(self, environment: Environment) -> str | None:
        """What the ``.env`` file of an environment says; None where it leaves it open."""
        return self.values.get(environment, self.default)


@cache
def variables() -> tuple[Variable, ...]:
    """Every declared variable, group by group."""
    return (*_of(Settings), *_of(ApplicationSettings))


@cache
def by_name() -> Mapping[str, Variable]:
    """The same, by name."""
    return {one.name: one for one in variables()}


def variable_of(name: str) -> Variable | None:
    """The declared variable that a name sets, or sets an entry of."""
    known = by_name()
    top = known.get(name.partition(NESTED)[0])
    return known.get(name) or (top if top is not None and top.nested else None)


def is_secret(name: str) -> bool:
    """Whether what a name sets is never shown; of a name that is declared nowhere nothing is."""
    declared = variable_of(name)
    if declared is None:
        return True
    entry = name != declared.name and name.rpartition(NESTED)[2] in declared.open_keys
    return declared.secret and not entry


def _of(settings: type[BaseSettings]) -> Iterator[Variable]:
    """The class's own variables, then those of the classes that it is made of."""
    for owner in settings.__mro__:
        own = vars(owner).get("__annotations__", {})
        for name, declared in settings.model_fields.items():
            if name in own and declared.alias:
                yield _variable(declared, _title(owner))


def _title(owner: type) -> str:
    return OWN_TITLE if owner is Settings else str(owner.__doc__).strip().rstrip(".")


def _variable(declared: FieldInfo, group: str) -> Variable:
    extra: Any = declared.json_schema_extra or {}
    said = {str(name): str(_text(value)) for name, value in extra.get("written", {}).items()}
    inner = list(_types(declared.annotation))
    return Variable(
        name=str(declared.alias),
        group=group,
        kind=_kind(inner, declared.metadata),
        default=_text(declared.default),
        description=declared.description or "",
        secret=SecretStr in inner,
        required=bool(extra.get("required")),
        fresh=bool(extra.get("fresh")),
        nested=dict in inner,
        open_keys=frozenset(key for one in inner for key in _open_keys(one)),
        values=said,
    )


def _types(annotation: Any) -> Iterator[Any]:
    """Every type that an annotation is made of, also within models."""
    origin = getattr(annotation, "__origin__", None)
    yield origin or annotation
    for one in get_args(annotation):
        yield from _types(one)
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        for declared in annotation.model_fields.values():
            yield from _types(declared.annotation)


def _open_keys(kind: Any) -> Iterator[str]:
    if isinstance(kind, type) and issubclass(kind, BaseModel):
        for name, declared in kind.model_fields.items():
            if SecretStr not in _types(declared.annotation):
                yield name.upper()


def _kind(inner: list[Any], metadata: list[Any]) -> str:
    first = inner[0]
    if isinstance(first, type) and issubclass(first, StrEnum):
        return ", ".join(first)
    kind = next((word for one, word in KINDS if first is one), "text")
    bounds = (
        f"{word} {_text(getattr(one, name))}"
        for one in metadata
        for bound, name, word in BOUNDS
        if isinstance(one, bound)
    )
    return ", ".join([kind, *bounds])


def _text(value: Any) -> str | None:
    """A value as a ``.env`` file spells it."""
    if value is None or value == {}:
        return None
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float):
        return f"{value:.15g}"
    return json.dumps(value) if isinstance(value, dict | list) else str(value)
