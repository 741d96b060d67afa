from __future__ import annotations

from pathlib import Path

SHIPPED = Path(__file__).parents[3] / "include" / "contracts" / "studioops.yaml"


def test_the_shipped_contract_is_well(studioops):
    answer = studioops("contract", "validate", str(SHIPPED))
    assert answer.code == 0
    assert "30 relationships, 1 object columns" in answer.out
    document = studioops("contract", "validate", str(SHIPPED), "--json").json("contract-validate")
    assert (document["status"], document["relationships"]) == ("passed", 30)
    assert document["smoke"] == 3


def test_every_fault_is_a_line_of_its_own(studioops, tmp_path):
    file = tmp_path / "c.yaml"
    file.write_text("relationships:\n- child: a\n- parent: b.c\n", encoding="utf-8")
    answer = studioops("contract", "validate", str(file))
    assert answer.code == 2
    *faults, last = answer.err.splitlines()
    assert [line.split(": ")[1] for line in faults] == ["line 2", "line 2", "line 3"]
    assert last.startswith("studioops: 3 faults; next: mend the file")
    document = studioops("contract", "validate", str(file), "--json").json("contract-validate")
    assert [one["line"] for one in document["faults"]] == [2, 2, 3]


def test_a_target_without_contract_says_what_to_name(studioops):
    answer = studioops(
        "contract", "validate", "--target", "shop", STUDIOOPS_TARGETS__SHOP__URL="postgresql://h/d"
    )
    assert answer.code == 2
    assert "target shop has no contract" in answer.err
