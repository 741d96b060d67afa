"""Looks into levels: what came of them, kept in the ledger where there is one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from studioops.errors import SettingsError
from studioops.ledger import Ledger, RunRef, ServiceEvent
from studioops.ledger.service_model import Document, Moves
from studioops.services.levels import WHOLE, Policy, Standing, change_of, step, whole_standing
from studioops.services.state import ServiceState


@dataclass(frozen=True, slots=True)
class Watch:
    """What came of some looks.

    Args:
        standings: of every service that is watched, by name.
        whole: of them all.
        events: the changes of level, the whole's last.
    """

    standings: Mapping[str, Standing]
    whole: Standing
    events: Sequence[ServiceEvent]


def advance(
    before: Mapping[str, Standing],
    states: Sequence[ServiceState],
    policies: Mapping[str, Policy],
    at: datetime,
) -> Watch:
    """What comes of some looks, from what was known before.

    Args:
        before: standings by name, with the whole's; what is not watched any more is left out.
        states: what was seen; a service may have been left out.
        policies: of every service that is watched, by name.
        at: when, with its offset.

    Raises:
        SettingsError: a service has the name of the whole.
    """
    if WHOLE in policies:
        raise SettingsError(
            f"a service can't be called '{WHOLE}': that is the name of the whole",
            "give it another name in STUDIOOPS_SERVICES",
        )
    rules = {state.service: Policy() for state in states} | dict(policies)
    known = {
        name: replace(before.get(name, Standing(name)), required=rule.required)
        for name, rule in rules.items()
    }
    after = dict(known)
    for state in states:
        after[state.service] = step(after[state.service], state, rules[state.service], at)
    was = before.get(WHOLE, Standing(WHOLE))
    whole = whole_standing(was, list(after.values()), at)
    pairs = [(known[name], after[name]) for name in sorted(after)]
    changes = [change_of(*pair) for pair in [*pairs, (was, whole)]]
    return Watch(after, whole, [one for one in changes if one is not None])


def watched(
    ledger: Ledger,
    states: Sequence[ServiceState],
    policies: Mapping[str, Policy],
    *,
    at: datetime,
    run: RunRef,
) -> Watch:
    """Some looks, judged by what the ledger knows and written down, once however often retried.

    Args:
        ledger: where standings and events are kept.
        states: what was seen.
        policies: of every service that is watched, by name.
        at: when the looks were taken; the same for a retry.
        run: who looked.

    Raises:
        LedgerUnavailable: it can't be used; nothing was written.
    """
    found: list[Watch] = []

    def judge(kept: Mapping[str, Document]) -> Moves:
        before = {name: Standing.from_json(one) for name, one in kept.items()}
        watch = advance(before, states, policies, at)
        found.append(watch)
        now = {**watch.standings, WHOLE: watch.whole}
        return Moves({name: one.as_json() for name, one in now.items()}, watch.events)

    names = {*policies, *(state.service for state in states), WHOLE}
    ledger.judge_standings(names, judge, run)
    return found[-1]


def standings(ledger: Ledger) -> dict[str, Standing]:
    """What the ledger knows of every service, and of the whole, by name.

    Args:
        ledger: where it is kept.

    Raises:
        LedgerUnavailable: it can't be used.
    """
    return {name: Standing.from_json(one) for name, one in ledger.standings().items()}
