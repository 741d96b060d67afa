"""What is written reads back: whatever the names are."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import example, given, settings
from hypothesis import strategies as st

from studioops.integrity import load_contract
from studioops.integrity.contract import ColumnSet
from studioops.integrity.infer.evidence import Evidence
from studioops.integrity.infer.inference import Inference
from studioops.integrity.infer.names import Rule
from studioops.integrity.infer.proposal import Outcome, Proposal
from studioops.integrity.infer.rank import ranked
from studioops.integrity.infer.write import contract_text

AT = datetime(2026, 11, 23, tzinfo=UTC)
SEEN = Evidence(9, 9, 9, 9, 0, 0)
NAMES = st.text(st.characters(exclude_characters="\0", codec="utf-8"), min_size=1, max_size=12)


def proposal(child, parent, outcome=Outcome.CONFIRMED, confidence=0.9, **others):
    made = {"evidence": SEEN, **others}
    return Proposal(child, parent, Rule.NAMED, outcome, confidence, **made)


def names(table: str, *columns: str) -> ColumnSet:
    return ColumnSet("public", table, columns)


def load(made: Inference):
    with TemporaryDirectory() as directory:
        path = Path(directory) / "contract.yaml"
        path.write_text(contract_text(made), encoding="utf-8")
        return load_contract(path)


@settings(max_examples=200, deadline=None)
@example("\x85", "\x85", "\x85", ["\u2028", "\ufeff"], "\x85")
@given(NAMES, NAMES, NAMES, st.lists(NAMES, min_size=1, max_size=3, unique=True), NAMES)
def test_any_name_comes_back(target, schema, table, columns, reason):
    child, parent = ColumnSet(schema, table, tuple(columns)), ColumnSet(schema, "p", tuple(columns))
    taken = proposal(child, parent, reason=reason)
    refused = proposal(parent, child, Outcome.CONTRADICTED, reason=reason)
    loaded = load(Inference(target, AT, 0.1, (taken, refused)))
    assert loaded.target == target
    (one,) = loaded.relationships
    assert (one.child, one.parent) == (child, parent)
    assert (one.on_delete, one.on_update, one.match, one.orphans) == (None, None, None, "report")


def test_what_is_not_proposed_is_an_entry_in_comments():
    one = proposal(names("a", "b"), names("c", "d"), Outcome.UNCONFIRMED, 0.2, reason="no value")
    text = contract_text(Inference("t", AT, 0.1, (one,)))
    assert "relationships: []" in text
    uncommented = text.replace("relationships: []", "relationships:").replace("  # ", "  ")
    entry = uncommented[uncommented.index("  - child") :]
    assert entry == "  - child: a.b\n    parent: c.d\n    orphans: report\n"
    assert "unconfirmed, confidence 0.20" in text


def test_the_rivals_of_what_is_proposed_are_left_out():
    child = names("a", "b")
    made = ranked(
        [
            proposal(child, names("x", "id"), Outcome.CONTRADICTED),
            proposal(child, names("c", "id")),
            proposal(child, names("y", "id"), confidence=0.8),
        ]
    )
    assert [str(one.outcome) for one in made] == ["confirmed", "contradicted", "outranked"]
    text = contract_text(Inference("t", AT, 0.1, made))
    assert "Not proposed" not in text
    assert "c.id" in text


def test_two_that_are_equally_sure_are_both_left_to_people():
    child = names("a", "b")
    made = ranked([proposal(child, names("d", "id")), proposal(child, names("c", "id"))])
    assert {str(one.outcome) for one in made} == {"ambiguous"}
    assert [str(one.parent) for one in made] == ["public.c(id)", "public.d(id)"]
    assert made[0].reason == "equally sure: public.d(id)"


def test_status_and_trouble():
    well = proposal(names("a", "b"), names("c", "d"))
    unseen = proposal(
        names("e", "f"),
        names("c", "d"),
        Outcome.NOT_CHECKED,
        0.2,
        reason="denied; next: GRANT",
        evidence=Evidence(),
    )
    assert Inference("t", AT, 0.1, (well,)).status.exit_code == 0
    assert Inference("t", AT, 0.1, (well,)).trouble is None
    partly = Inference("t", AT, 0.1, (well, unseen))
    assert partly.status.exit_code == 3
    assert partly.trouble == ("t: 1 of 2 not checked: denied", "GRANT")
    assert Inference("t", AT, 0.1, ()).status.exit_code == 3
    refused = proposal(names("a", "b"), names("c", "d"), Outcome.CONTRADICTED)
    assert "nothing to propose" in Inference("t", AT, 0.1, (refused,)).trouble[0]
