"""Damaged dumps, each real and spoilt by hand: found, by its own finding, and never called well."""

from __future__ import annotations

import gzip
import re
import shutil
from pathlib import Path

import pytest


def cut(path: Path, *, keep: float) -> Path:
    content = path.read_bytes()
    path.write_bytes(content[: int(len(content) * keep)])
    return path


def flip(path: Path, *, at: float) -> Path:
    content = bytearray(path.read_bytes())
    content[int(len(content) * at)] ^= 0x55
    path.write_bytes(content)
    return path


def largest(directory: Path) -> Path:
    return max(
        directory.glob("*.dat*"), key=lambda one: one.stat().st_size * (one.name != "toc.dat")
    )


def failed(proof, check: str) -> str:
    """The archive has that fault and no other, and nobody calls the copy of it anything."""
    assert (proof.status, proof.statuses["archive"]) == ("failed", "failed")
    assert set(proof.checks) == {check}, proof.report.findings
    assert proof.statuses["sound"] == proof.statuses["rows"] == "not_checked"
    return "; ".join(one.message for one in proof.report.findings)


@pytest.mark.parametrize("keep", [0.01, 0.5, 0.9])
@pytest.mark.parametrize("jobs", [1, 2])
def test_a_cut_custom_archive(keep, jobs, dumped, verified):
    proof = verified(cut(dumped("-Fc"), keep=keep), jobs=jobs)
    assert "can't be read to its end" in failed(proof, "dump_cut_off") or keep < 0.1


def test_an_archive_that_ends_within_its_head(dumped, verified):
    path = dumped("-Fc")
    path.write_bytes(path.read_bytes()[:30])
    assert "ends within its head" in failed(verified(path), "dump_cut_off")


@pytest.mark.parametrize("jobs", [1, 2])
def test_one_flipped_byte_of_a_custom_archive(jobs, dumped, verified):
    failed(verified(flip(dumped("-Fc"), at=0.5), jobs=jobs), "dump_damaged")


def test_a_cut_part_of_a_directory(dumped, verified):
    path = dumped("-Fd")
    part = cut(largest(path), keep=0.6)
    said = failed(verified(path), "dump_cut_off")
    assert "ends in the middle of its gzip data; it holds TABLE DATA public p" in said
    assert part.name in verified(path).message("dump_cut_off")


def test_one_flipped_byte_of_a_directory(dumped, verified):
    path = dumped("-Fd")
    flip(largest(path), at=0.5)
    assert "TABLE DATA public p" in failed(verified(path), "dump_damaged")


def test_a_part_cut_at_a_rows_end_which_pg_restore_calls_well(dumped, verified):
    path = dumped("-Fd", "-Z0")
    part = largest(path)
    part.write_bytes(b"".join(part.read_bytes().splitlines(keepends=True)[:1990]))
    assert "ends in the middle of its rows" in failed(verified(path), "dump_cut_off")


def test_a_missing_part(dumped, verified):
    path = dumped("-Fd")
    largest(path).unlink()
    assert "is missing; it holds TABLE DATA public p" in failed(verified(path), "dump_part_missing")


def test_a_missing_list_of_large_objects(dumped, verified):
    path = dumped("-Fd")
    next(path.glob("blobs*.toc")).unlink()
    assert "is missing; it holds BLOBS" in failed(verified(path), "dump_part_missing")


def test_an_empty_part(dumped, verified):
    path = dumped("-Fd")
    largest(path).write_bytes(b"")
    assert "is empty: 0 bytes" in failed(verified(path), "dump_empty")


def test_a_directory_without_its_table_of_contents(dumped, verified):
    path = dumped("-Fd")
    (path / "toc.dat").unlink()
    assert "nothing tells what is in it" in failed(verified(path), "dump_part_missing")


@pytest.mark.parametrize("keep", [0.1, 0.5, 0.98])
def test_a_cut_tar_which_pg_restore_reads_for_ever(keep, dumped, verified):
    failed(verified(cut(dumped("-Ft"), keep=keep)), "dump_cut_off")


def test_a_tar_whose_rows_end_early(dumped, verified):
    path = dumped("-Ft")
    content = path.read_bytes()
    end = content.index(b"\\.\n\n\n")
    path.write_bytes(content[:end] + b"zz" + content[end + 2 :])
    assert "ends in the middle of its rows" in failed(verified(path), "dump_cut_off")


@pytest.mark.parametrize("form", ["-Fc", "-Fp"])
def test_a_cut_gzip(form, dumped, verified):
    path = dumped(form)
    path.write_bytes(gzip.compress(path.read_bytes()))
    said = failed(verified(cut(path, keep=0.7)), "dump_cut_off")
    assert "ends in the middle of its gzip data" in said


@pytest.mark.parametrize("form", ["-Fc", "-Fp"])
def test_one_flipped_byte_of_a_gzip(form, dumped, verified):
    path = dumped(form)
    path.write_bytes(gzip.compress(path.read_bytes()))
    failed(verified(flip(path, at=0.7)), "dump_damaged")


@pytest.mark.parametrize("content", [b"", gzip.compress(b"", mtime=0)], ids=["file", "gzip"])
def test_nothing_at_all(content, verified, tmp_path):
    path = tmp_path / "empty.dump"
    path.write_bytes(content)
    failed(verified(path), "dump_empty")


def test_a_plain_dump_cut_in_the_middle_of_rows_which_psql_calls_well(dumped, verified):
    path = dumped()
    script = path.read_bytes()
    start = script.index(b"COPY public.p ")
    path.write_bytes(script[: script.index(b"\n", start + 4000) + 1])
    said = failed(verified(path), "dump_cut_off")
    assert re.search(r"ends at line \d+ in the middle of rows \(TABLE DATA public\.p\)", said)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (b"-- PostgreSQL database dump complete", "without pg_dump's last line"),
        (b"    ADD CONSTRAINT c_p_fkey", "in the middle of a statement"),
    ],
)
def test_a_plain_dump_cut_elsewhere(text, said, dumped, verified):
    path = dumped()
    script = path.read_bytes()
    path.write_bytes(script[: script.index(text)])
    assert said in failed(verified(path), "dump_cut_off")


def test_a_plain_dump_of_a_shells_redirection(dumped, verified):
    path = dumped()
    path.write_text(path.read_text(encoding="utf-8"), encoding="utf-16")
    assert "UTF-16" in failed(verified(path), "dump_reencoded")


def test_a_statement_that_fails_which_psql_calls_well(dumped, verified):
    path = dumped()
    script = path.read_text(encoding="utf-8")
    path.write_text(
        script.replace("CREATE VIEW public.v", "CREATE VIEW nowhere.v"), encoding="utf-8"
    )
    proof = verified(path)
    assert (proof.status, proof.statuses["restore"]) == ("failed", "failed")
    (view,) = (one for one in proof.report.findings if "schema" in one.message)
    assert re.match(r"line \d+; VIEW public\.v", view.object)
    assert 'schema "nowhere" does not exist' in view.message


def test_rows_that_a_table_refuses_do_not_run_as_statements(dumped, verified):
    """psql takes the rows of a COPY that failed for SQL."""
    path = dumped()
    script = path.read_text(encoding="utf-8")
    path.write_text(
        script.replace("COPY public.p (id, t)", "COPY public.nope (id, t)"), encoding="utf-8"
    )
    proof = verified(path)
    assert [one.message for one in proof.report.findings if "nope" in one.message] == [
        'relation "public.nope" does not exist'
    ]
    assert "syntax" not in str(proof.report.findings)


def test_no_rows_value_is_told(dumped, verified, database_dsn, ask):
    ask(
        database_dsn,
        "CREATE TABLE t (id int PRIMARY KEY, secret text)",
        "INSERT INTO t VALUES (1, 'geheim'), (2, 'geheim')",
    )
    path = dumped("--inserts", dsn=database_dsn)
    path.write_text(
        path.read_text(encoding="utf-8").replace("(2, 'geheim')", "('geheim', 2)"), encoding="utf-8"
    )
    proof = verified(path)
    assert proof.statuses["restore"] == "failed"
    assert "geheim" not in str(proof.report)


@pytest.mark.parametrize("form", ["-Fc", "-Fd", "-Ft", "-Fp"])
def test_a_schema_only_dump_restores_to_an_empty_application(form, dumped, verified):
    proof = verified(dumped(form, "--schema-only"))
    assert (proof.status, proof.checks) == ("failed", ["dump_schema_only"])
    assert "not one entry with rows" in proof.message("dump_schema_only")


@pytest.mark.parametrize("form", ["-Fc", "-Fp"])
def test_a_dump_of_empty_tables(form, dumped, verified, database_dsn, ask):
    ask(database_dsn, "CREATE TABLE t (id int PRIMARY KEY)")
    proof = verified(dumped(form, dsn=database_dsn))
    assert proof.checks == ["dump_schema_only"]
    assert "all of them empty" in proof.message("dump_schema_only")


@pytest.mark.parametrize("form", ["-Fc", "-Fp"])
def test_a_dump_of_nothing(form, dumped, verified, database_dsn):
    assert verified(dumped(form, dsn=database_dsn)).checks == ["dump_without_tables"]


@pytest.mark.parametrize("form", ["-Fc", "-Fd", "-Ft", "-Fp"])
def test_a_data_only_dump(form, dumped, verified):
    proof = verified(dumped(form, "--data-only"))
    assert failed(proof, "dump_data_only")
    assert proof.statuses["restore"] == "not_checked"


@pytest.mark.parametrize("form", ["-Fc", "-Fp"])
def test_rows_left_out_on_purpose_are_a_warning(form, dumped, verified):
    proof = verified(dumped(form, "--exclude-table-data=c"))
    assert (proof.status, proof.checks) == ("passed", [])
    assert "dump_without_rows_of_table" in proof.warnings
    assert proof.message("dump_without_rows_of_table").startswith("public.c: ")


def test_what_is_no_fault(dumped, verified):
    """A directory may hold other files; a name tells nothing."""
    path = dumped("-Fd")
    (path / "README.txt").write_text("taken by night", encoding="utf-8")
    odd = path.with_name("x.sql.gz")
    shutil.move(path, odd)
    assert verified(odd).status == "passed"
