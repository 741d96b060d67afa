from __future__ import annotations

import inspect
import pickle

import pytest

from studioops import errors
from studioops.errors import CouldNotCheck, StudioOpsError, UsageError


def every_class() -> list[type[StudioOpsError]]:
    found = [StudioOpsError]
    for one in found:
        found += one.__subclasses__()
    return [one for one in found if one.__module__.startswith(errors.__name__)]


def test_the_tree_drawn_at_the_top_is_the_tree():
    drawn: dict[str, str] = {}
    above: dict[int, str] = {}
    for line in errors.__doc__.splitlines():
        name = line.lstrip("│├└─ ").split(" ")[0]
        if not hasattr(errors, name):
            continue
        depth = len(line) - len(line.lstrip("│├└─ "))
        above[depth] = name
        parents = [above[one] for one in sorted(above) if one < depth]
        drawn[name] = parents[-1] if parents else ""
    actual = {one.__name__: one.__bases__[0].__name__ for one in every_class()[1:]}
    assert drawn == {"StudioOpsError": "", **actual}


@pytest.mark.parametrize("kind", every_class(), ids=lambda one: one.__name__)
def test_every_error_says_what_and_what_next_on_one_line_and_can_be_pickled(kind):
    error = kind("one\n  two", "do\tthis")
    assert (error.message, error.next_step) == ("one two", "do this")
    assert error.as_json() == {"code": kind.code, "message": "one two", "next": "do this"}
    copy = pickle.loads(pickle.dumps(error))  # noqa: S301 - our own bytes
    assert (type(copy), copy.message, copy.next_step) == (kind, "one two", "do this")
    assert inspect.getdoc(kind)


def test_codes_are_unique_and_exit_codes_are_those_of_the_design():
    codes = [one.code for one in every_class()]
    assert len(codes) == len(set(codes))
    assert {one.exit_code for one in every_class()} == {2, 3, 4, 5}
    assert issubclass(errors.DatabaseUnreachable, CouldNotCheck)
    assert UsageError.exit_code == 2


def test_what_a_retry_cannot_help_says_so():
    retried = {one.__name__ for one in every_class() if one.retryable}
    assert "DatabaseUnreachable" in retried
    assert retried.isdisjoint(
        {"AuthenticationFailed", "PermissionDenied", "NoSuchDatabase", "UsageError", "Refused"}
    )
