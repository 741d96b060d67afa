"""The shipped contract against the list of relationships that StudioOps wants."""

from __future__ import annotations

import csv
from pathlib import Path

from studioops.integrity import load_contract
from studioops.settings.declarations import SHIPPED_CONTRACT

WANTED = Path(__file__).with_name("relationships.tsv")


def test_exactly_the_wanted_relationships_with_their_actions():
    with WANTED.open(encoding="utf-8") as lines:
        wanted = {tuple(row.values()) for row in csv.DictReader(lines, delimiter="\t")}
    contract = load_contract(SHIPPED_CONTRACT)
    declared = {
        (
            f"{one.child.table}.{one.child.columns[0]}",
            f"{one.parent.table}.{one.parent.columns[0]}",
            one.on_delete,
            one.on_update,
        )
        for one in contract.relationships
    }
    assert declared == wanted
    assert len(contract.relationships) == 30


def test_every_reference_must_be_a_uuid_and_nothing_is_ever_dropped():
    relationships = load_contract(SHIPPED_CONTRACT).relationships
    assert {one.types for one in relationships} == {("uuid",)}
    assert {one.orphans for one in relationships} == {"quarantine"}


def test_documents_name_objects():
    (one,) = load_contract(SHIPPED_CONTRACT).objects
    assert (str(one.column), one.bucket) == ("public.documents(path)", "documents")
    assert str(one.sha256) == "public.documents(content_sha256)"
