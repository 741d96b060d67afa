"""Where a contract and a database differ."""

from __future__ import annotations

import pytest

from studioops.errors import ContractError
from studioops.integrity import load_contract
from studioops.settings.declarations import SHIPPED_CONTRACT

SHOP = (
    "CREATE TABLE p (id int PRIMARY KEY, a int, b int, UNIQUE (a, b))",
    "CREATE TABLE c (id int PRIMARY KEY, p int REFERENCES p ON DELETE CASCADE, a int, b int)",
)
WANTED = "relationships:\n- {child: c.p, parent: p.id, on_delete: CASCADE, match: simple}\n"


def test_no_difference(subject):
    assert subject.sql(*SHOP).differences(WANTED) == []


@pytest.mark.parametrize(
    ("statement", "expected"),
    [
        ("ALTER TABLE c DROP CONSTRAINT c_p_fkey", "missing_foreign_key"),
        ("ALTER TABLE c DROP COLUMN p", "absent"),
        ("DROP TABLE p CASCADE", "absent"),
        (
            "ALTER TABLE c DROP CONSTRAINT c_p_fkey, ADD FOREIGN KEY (p) REFERENCES p ON DELETE CASCADE NOT VALID",
            "not_valid",
        ),
        (
            "ALTER TABLE c DROP CONSTRAINT c_p_fkey, ADD FOREIGN KEY (p) REFERENCES p ON DELETE SET NULL",
            "wrong_on_delete",
        ),
        (
            "ALTER TABLE c DROP CONSTRAINT c_p_fkey, ADD FOREIGN KEY (p) REFERENCES p MATCH FULL ON DELETE CASCADE",
            "wrong_match",
        ),
    ],
)
def test_each_difference_by_itself(subject, statement, expected):
    assert subject.sql(*SHOP, statement).differences(WANTED) == [(expected, "public.c(p)")]


def test_disabled_triggers_are_told_where_they_are(subject):
    subject.sql(*SHOP, "ALTER TABLE c DISABLE TRIGGER ALL")
    assert subject.differences(WANTED) == [("disabled_trigger", "public.c")]


def test_a_constraint_that_the_contract_does_not_name(subject):
    subject.sql(*SHOP, "ALTER TABLE c ADD FOREIGN KEY (a, b) REFERENCES p (a, b)")
    assert subject.differences(WANTED) == [("not_in_contract", "public.c(a, b)")]


def test_a_type_that_the_contract_wants(subject):
    text = WANTED.replace("match: simple", "type: bigint")
    assert subject.sql(*SHOP).differences(text) == [("type_differs_from_contract", "public.c(p)")]
    with pytest.raises(ContractError, match="knows no type 'nope'"):
        subject.differences(WANTED.replace("match: simple", "type: nope"))


def test_rows_are_nobodys_business_here(subject):
    orphan = "SET session_replication_role = replica; INSERT INTO c VALUES (1, 99)"
    assert subject.sql(*SHOP, orphan).differences(WANTED) == []


def test_the_shipped_contract_beside_the_legacy_database(legacy):
    report = legacy.diff(load_contract(SHIPPED_CONTRACT))
    checks = [one.check for one in report.findings]
    assert {name: checks.count(name) for name in set(checks)} == {
        "absent": 9,
        "missing_foreign_key": 12,
        "wrong_on_delete": 7,
        "wrong_on_update": 9,
        "type_differs_from_contract": 1,
        "not_in_contract": 1,
    }
    assert report.status == "failed"
    assert len(report.subjects) == 31
    assert all(one.repair and one.why for one in report.findings)


def test_what_is_inferred_from_constraints_alone_does_not_differ(subject):
    subject.sql(
        *SHOP,
        "ALTER TABLE c ADD FOREIGN KEY (b, a) REFERENCES p (b, a) MATCH FULL ON UPDATE SET DEFAULT",
        "CREATE TABLE d (p bigint REFERENCES p ON DELETE RESTRICT, q int REFERENCES d (s), s int UNIQUE)",
        # Two constraints over one reference that disagree: no action is wanted, so none is wrong.
        "ALTER TABLE d ADD CONSTRAINT again FOREIGN KEY (p) REFERENCES p ON DELETE CASCADE",
        "CREATE TABLE e (id int, p int REFERENCES p) PARTITION BY RANGE (id)",
        "CREATE TABLE e_1 PARTITION OF e FOR VALUES FROM (1) TO (9)",
    )
    contract = subject.contract()
    assert len(contract.relationships) == 5
    full = [one for one in contract.relationships if one.match == "full"]
    assert [(one.on_delete, one.on_update) for one in full] == [("NO ACTION", "SET DEFAULT")]
    report = subject.diff(contract)
    assert (report.findings, str(report.status)) == ((), "passed")


def test_one_column_that_refers_twice_is_told_and_not_written(subject):
    subject.sql(*SHOP, "CREATE TABLE t (x int, FOREIGN KEY (x, x) REFERENCES p (a, b))")
    made = subject.infer()
    assert made.outcome("t(x, x) > p(a, b)") == "ambiguous"
    assert [str(one.child) for one in subject.contract().relationships] == ["public.c(p)"]


def test_nothing_beside_nothing_is_no_agreement(subject):
    subject.file.write_text("relationships: []\n", encoding="utf-8")
    report = subject.diff(load_contract(subject.file))
    assert (str(report.status), report.status.exit_code) == ("not_checked", 3)
    assert "nothing to compare" in report.evidence["reason"]
