"""A proposed contract as YAML that ``contract validate`` takes."""

from __future__ import annotations

import json
from collections.abc import Iterator
from textwrap import indent
from typing import Any

import yaml

from studioops.integrity.infer.inference import Inference
from studioops.integrity.infer.proposal import Proposal

REST = "Not proposed. Whoever knows better removes the # before an entry."
ENDLESS = 10**9
HEAD = (
    "Proposed by `studioops contract infer`: read it, correct it, then hold the database against",
    "it with `studioops scan --contract FILE`. Confidence is from 0 to 1.",
)


def contract_text(made: Inference) -> str:
    """The contract's file.

    Args:
        made: the inference.

    Returns:
        what is proposed, each with its evidence as a comment; then, all in comments, what is not.
    """
    lines = [*(_comment(line) for line in HEAD), _dumped({"target": made.target})]
    if made.proposed:
        lines.append("relationships:")
        lines += [text for one in made.proposed for text in _proposed(one)]
    else:
        lines.append("relationships: []")
    # Rivals of what is proposed would only be noise here; --json has them.
    taken = {one.child for one in made.proposed}
    rest = [one for one in made.proposals if not one.proposed and one.child not in taken]
    if rest:
        lines += ["", _comment(REST if made.proposed else f"{REST} And the [] above.")]
        lines += [text for one in rest for text in _refused(one)]
    return "\n".join(lines) + "\n"


def _proposed(one: Proposal) -> Iterator[str]:
    names = ", ".join(key.name for key in one.constraints)
    how = f"foreign key {names}" if names else f"confidence {one.confidence:.2f} ({one.rule})"
    yield indent(_comment(f"{how}: {one.evidence}"), "  ")
    if one.reason:
        yield indent(_comment(one.reason), "  ")
    yield indent(_dumped([one.entry]), "  ")


def _refused(one: Proposal) -> Iterator[str]:
    yield "  #"
    yield indent(_comment(f"{one.outcome}, confidence {one.confidence:.2f} ({one.rule}):"), "  ")
    yield indent(_comment(f"{one.reason}; {one.evidence}"), "  ")
    yield indent(_dumped([one.entry]), "  # ", lambda _: True)


def _dumped(value: Any) -> str:
    # PyYAML writes a next-line character as it stands, and reads it back as a space.
    plain = json.dumps(value, ensure_ascii=False).isprintable()
    return yaml.safe_dump(value, sort_keys=False, allow_unicode=plain, width=ENDLESS).rstrip("\n")


def _comment(text: str) -> str:
    """A comment of one line, whatever the names in it hold."""
    shown = "".join(char if char.isprintable() else " " for char in text)
    return f"# {shown}"
