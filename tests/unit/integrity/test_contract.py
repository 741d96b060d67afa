from __future__ import annotations

import pickle

import pytest

from studioops.errors import ContractError
from studioops.integrity import BrokenContract, load_contract


@pytest.fixture
def contract(tmp_path):
    def write(text: str | bytes):
        path = tmp_path / "contract.yaml"
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return load_contract(path)

    return write


def faults(contract, text: str | bytes) -> list[str]:
    with pytest.raises(BrokenContract) as caught:
        contract(text)
    return [str(fault) for fault in caught.value.faults]


def test_only_child_and_parent_are_required(contract):
    (one,) = contract("relationships:\n- {child: a.b, parent: c.id}\n").relationships
    assert (one.on_delete, one.on_update, one.match, one.types) == (None, None, None, None)
    assert one.orphans == "quarantine"
    assert one.line == 2


def test_everything_that_can_be_said(contract):
    loaded = contract(
        "target: shop\n"
        "relationships:\n"
        "  - child: a(b, c)\n"
        "    parent: x.d(e, f)\n"
        "    on_delete: set null\n"
        "    on_update: NO ACTION\n"
        "    match: full\n"
        "    type: [uuid, bigint]\n"
        "    orphans: nullify\n"
        "objects:\n"
        "  - column: documents.path\n"
        "    bucket: documents\n"
        "    sha256: documents.content_sha256\n"
        "expectations:\n"
        "  - {column: a.b, not_null: true}\n"
    )
    (one,) = loaded.relationships
    assert (one.on_delete, one.on_update, one.match) == ("SET NULL", "NO ACTION", "full")
    assert one.types == ("uuid", "bigint")
    assert one.orphans == "nullify"
    assert str(loaded.objects[0].sha256) == "public.documents(content_sha256)"
    assert loaded.objects[0].line == 11
    assert [one.name for one in loaded.expectations] == ["public.a(b): not_null"]
    assert (loaded.target, loaded.type_names) == ("shop", {"uuid", "bigint"})


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", "line 1: a contract is a mapping"),
        ("- a", "line 1: a contract is a mapping"),
        ("relationships: 3", "line 1: relationships: Input should be a valid list"),
        ("relationships:\n- 7\n", "line 2: relationships: Input should be"),
        ("relationships:\n- child: a.b\n", "line 2: 'parent' is missing"),
        ("relationshps: []", "line 1: unknown key 'relationshps' (meant 'relationships'?)"),
        ("colour: []", "line 1: unknown key 'colour' (known: target, "),
        (
            "relationships:\n- child: a.b\n  parent: c.d\n  on_delet: CASCADE\n",
            "line 4: unknown key 'on_delet' (meant 'on_delete'?)",
        ),
        (
            "relationships:\n- child: a.b\n  parent: c\n",
            "line 3: parent: 'c' is no [schema.]table.column",
        ),
        (
            "relationships:\n- child: a.b\n  parent: c.d\n  on_delete: EXPLODE\n",
            "line 4: on_delete: Input should be 'NO ACTION'",
        ),
        (
            "relationships:\n- child: a.b\n  parent: c.d\n  match: partial\n",
            "line 4: match: Input should be 'simple' or 'full'",
        ),
        (
            "relationships:\n- child: a.b\n  parent: c.d\n  orphans: drop\n",
            "line 4: orphans: Input should be 'quarantine'",
        ),
        ("relationships:\n- child: [a, b]\n  parent: c.d\n", "line 2: child: \"['a', 'b']\" is no"),
        (
            "relationships:\n- child: a(b, c)\n  parent: c.d\n",
            "line 2: public.a(b, c) has 2 column(s), public.c(d) has 1",
        ),
        (
            "relationships:\n- child: a(b, c)\n  parent: d(e, f)\n  type: uuid\n",
            "line 4: type: 1 given for 2 column(s)",
        ),
        (
            "relationships:\n- child: a(b, B)\n  parent: d(e, f)\n",
            "line 2: a column is named twice",
        ),
        (
            "relationships:\n- {child: 'a(b, c)', parent: 'd(e, f)'}\n"
            "- {child: 'A(c, b)', parent: 'public.d(f, e)'}\n",
            "line 3: public.a(c, b) → public.d(f, e) stands on line 2 already",
        ),
        (
            "relationships:\n- child: a.b\n  parent: c.d\n  type: int); drop table x; --\n",
            "line 4: type: 'int); drop table x; --' is no name of a type",
        ),
        ("target: a\ntarget: b\n", "line 2: 'target' stands here a second time"),
        ("objects:\n- {column: 'a(b, c)', bucket: d}\n", "line 2: column: takes one column"),
        ("objects:\n- {column: a.b, bucket: ''}\n", "line 2: bucket: String should have at least"),
        ("relationships: [\n", "line 2: no valid YAML"),
        ("a: !!python/object:os.system x\n", "line 1: no valid YAML"),
        ("a: \x07b\n", "line 1: no valid YAML"),
        (b"target: \xff\xfe\xfd\n", "line 1: not written in UTF-8"),
        ("a: &x [*x]\n", "line 1: "),
    ],
)
def test_every_fault_is_told_with_its_line(contract, text, expected):
    assert any(one.startswith(expected) for one in faults(contract, text)), faults(contract, text)


def test_all_faults_at_once_in_order(contract):
    text = "relationships:\n- child: a\n  parent: b\n- {chld: a.b, parent: c.d}\ntarget: 5\n"
    assert [one.partition(":")[0] for one in faults(contract, text)] == [
        "line 2",
        "line 3",
        "line 4",
        "line 4",
        "line 5",
    ]


def test_a_file_that_is_not_there(tmp_path):
    with pytest.raises(ContractError, match="No such file"):
        load_contract(tmp_path / "none.yaml")
    with pytest.raises(ContractError, match="Is a directory"):
        load_contract(tmp_path)


def test_a_broken_contract_travels_between_processes(contract):
    with pytest.raises(BrokenContract) as caught:
        contract("x: 1\n")
    copy = pickle.loads(pickle.dumps(caught.value))  # noqa: S301 - our own bytes
    assert (copy.path, copy.faults, str(copy)) == (
        caught.value.path,
        caught.value.faults,
        str(caught.value),
    )
    assert copy.exit_code == 2


@pytest.mark.parametrize(
    "name",
    [
        "uuid",
        "character varying(36)",
        "timestamp with time zone",
        "timestamp(3) with time zone",
        "double precision",
        "numeric(14, 2)",
        "integer[]",
        '"My Schema"."Mood X"',
        "odd.citext",
    ],
)
def test_every_usual_name_of_a_type_is_taken(contract, name):
    text = f"relationships:\n- child: a.b\n  parent: c.d\n  type: '{name}'\n"
    assert contract(text).type_names == {name}
