"""What pg_restore says is read to the last record, and no row leaves with it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from studioops.backups.restoring import listening
from studioops.backups.restoring.kinds import Kind
from studioops.backups.restoring.listening import Ear
from studioops.backups.restoring.messages import Level, Message, Messages, Reader

QUERY = "pg_restore: error: could not execute query: ERROR:  "


def read(*records: str, code: int = 1, kept: int = 200) -> Messages:
    reader = Reader(kept)
    for record in records:
        reader.read(record)
    return reader.messages(code)


def only(*records: str) -> Message:
    (message,) = read(*records, "pg_restore: warning: errors ignored on restore: 1\n").kept
    return message


def test_a_broken_key_with_its_entry():
    message = only(
        "pg_restore: from TOC entry 3345; 2606 16398 FK CONSTRAINT chat messages fk owner\n",
        f'{QUERY}insert or update on table "T"t" violates foreign key constraint "odd "name"\n'
        'DETAIL:  Key (user_id, mail)=(7, secret@x) is not present in table "users".\n'
        'Command was: ALTER TABLE ONLY "we ird"."T""t"\n    ADD CONSTRAINT "odd ""name" FOREIGN KEY (a) REFERENCES b(a);\n\n\n',
    )
    assert message.kind is Kind.FOREIGN_KEY_BROKEN
    assert (message.table, message.name) == ('"we ird"."T""t"', 'odd "name')
    assert message.detail == "Key (user_id, mail)"
    assert message.definition == "FOREIGN KEY (a) REFERENCES b(a)"
    assert message.entry == "3345; 2606 16398 FK CONSTRAINT chat messages fk owner"
    assert "secret" not in repr(message)


@pytest.mark.parametrize(
    ("said", "kind", "name", "level"),
    [
        ('role "a b" does not exist\nCommand was: GRANT ALL ON t TO "a b";', Kind.MISSING_ROLE, "a b", "error"),
        ('extension "x" is not available\nDETAIL:  Could not open it.\nHINT:  Install.\nCommand was: CREATE EXTENSION x;', Kind.MISSING_EXTENSION, "x", "error"),
        ('could not open extension control file "/usr/x.control": No such file or directory\nCommand was: CREATE EXTENSION x;', Kind.MISSING_EXTENSION, "x", "error"),
        ('permission denied to create extension "x"\nHINT:  Must be superuser.\nCommand was: CREATE EXTENSION x;', Kind.MISSING_EXTENSION, "x", "error"),
        ("must be owner of schema public\nCommand was: COMMENT ON SCHEMA public IS 'standard public schema';", Kind.PUBLIC_SCHEMA, "", "warning"),
        ("must be owner of schema public\nCommand was: ALTER SCHEMA public OWNER TO x;", Kind.PUBLIC_SCHEMA, "", "error"),
        ('must be able to SET ROLE "r"\nCommand was: ALTER TABLE t OWNER TO r;', Kind.PERMISSION_DENIED, "r", "error"),
        ('must be member of role "r"\nCommand was: ALTER TABLE t OWNER TO r;', Kind.PERMISSION_DENIED, "r", "error"),
        ("permission denied for schema public\nCommand was: CREATE TABLE public.t ();", Kind.PERMISSION_DENIED, "", "error"),
        ('unrecognized configuration parameter "transaction_timeout"\nCommand was: SET transaction_timeout = 0;', Kind.UNKNOWN_SETTING, "transaction_timeout", "warning"),
        ('unrecognized configuration parameter "app.x"\nCommand was: CREATE FUNCTION f() SET app.x TO 1;', Kind.UNKNOWN_SETTING, "app.x", "error"),
        ('schema "public" already exists\nCommand was: CREATE SCHEMA public;', Kind.SCHEMA_EXISTS, "public", "warning"),
        ('schema "mine" already exists\nCommand was: CREATE SCHEMA mine;', Kind.SCHEMA_EXISTS, "mine", "error"),
        ('could not extend file "base/1/2": No space left on device\nHINT:  Check free disk space.\nCommand was: CREATE INDEX;', Kind.DISK_FULL, "", "error"),
        ('could not write to file "pg_wal/x": No space left on device\nCommand was: CREATE INDEX;', Kind.DISK_FULL, "", "error"),
        ("canceling statement due to user request\nCommand was: CREATE TABLE t ();", Kind.OTHER, "", "error"),
    ],
)  # fmt: skip
def test_kinds(said, kind, name, level):
    message = only(f"{QUERY}{said}\n\n\n")
    assert (message.kind, message.name, message.level) == (kind, name, Level(level))
    assert message.text


def test_only_the_known_message_of_a_newer_tool_is_well():
    said = f'{QUERY}unrecognized configuration parameter "transaction_timeout"\nCommand was: SET transaction_timeout = 0;\n'
    messages = read(said, "pg_restore: warning: errors ignored on restore: 1\n")
    assert (messages.errors, messages.warnings) == ({}, {Kind.UNKNOWN_SETTING: 1})
    assert messages.ended


@pytest.mark.parametrize(
    ("said", "kind"),
    [
        ("could not read from input file: end of file", Kind.ARCHIVE_DAMAGED),
        ("unsupported version (1.16) in file header", Kind.ARCHIVE_DAMAGED),
        ("input file does not appear to be a valid archive", Kind.ARCHIVE_DAMAGED),
        ("could not uncompress data: (null)", Kind.ARCHIVE_DAMAGED),
        ("a worker process died unexpectedly", Kind.WORKER_KILLED),
        ("server closed the connection unexpectedly\n\tThis probably means", Kind.CONNECTION_LOST),
        ('connection to server at "::1", port 1 failed: FATAL:  the database system is shutting down', Kind.CONNECTION_LOST),
        ('connection to server at "::1", port 1 failed: FATAL:  database "x" does not exist', Kind.CONNECTION_LOST),
        ("could not execute query: FATAL:  terminating connection due to administrator command", Kind.CONNECTION_LOST),
        ("error returned by PQputCopyData: server closed the connection unexpectedly", Kind.CONNECTION_LOST),
        ("could not execute query: ", Kind.OTHER),
    ],
)  # fmt: skip
def test_what_ends_it(said, kind):
    messages = read(f"pg_restore: error: {said}\n")
    assert [one.kind for one in messages.kept] == [kind]
    assert not messages.ended


@pytest.mark.parametrize(
    "said",
    [
        'COPY failed for table "t": ERROR:  invalid input syntax for type integer: "SECRET"\nCONTEXT:  COPY t, line 1, column a: "SECRET"',
        'COPY failed for table "t": ERROR:  new row for relation "t" violates check constraint "c"\nDETAIL:  Failing row contains (SECRET).\nCONTEXT:  COPY t, line 1: "SECRET"',
        'could not execute query: ERROR:  could not create unique index "u"\nDETAIL:  Key (lower(mail))=(SECRET\nCommand was: SECRET) is duplicated.\nCommand was: CREATE UNIQUE INDEX u ON t (mail);',
        "could not execute query: ERROR:  customer SECRET is bad\nCONTEXT:  PL/pgSQL function\nCommand was: CREATE INDEX i ON t (f(a));",
        "could not execute query: ERROR:  customer SECRET is bad\nCommand was: REFRESH MATERIALIZED VIEW v;",
        "could not execute query: ERROR:  syntax error\nLINE 1: INSERT INTO t VALUES ('SECRET', 1);\n        ^\nCommand was: INSERT INTO public.t VALUES ('SECRET', 1);",
        "could not execute query: ERROR:  option refused\nCommand was: CREATE USER MAPPING FOR x SERVER y OPTIONS (\"pass'word\" 'SEC''RET');",
        "could not execute query: ERROR:  no\nCommand was: CREATE FUNCTION f() AS $q$ it's SECRET $q$ LANGUAGE sql;",
        "could not execute query: ERROR:  no\nCommand was: COMMENT ON TABLE t IS 'cut off SECRE",
    ],
)  # fmt: skip
def test_no_value_leaves(said):
    assert "SECRE" not in repr(read(f"pg_restore: error: {said}\n\n\n"))


def test_the_definition_of_a_lost_key_is_the_whole_or_none_of_it():
    head = f'{QUERY}insert or update on table "t" violates foreign key constraint "c"\nCommand was: ALTER TABLE ONLY public.t\n    ADD CONSTRAINT "FOREIGN KEY" FOREIGN KEY ("a  b") '
    assert (
        only(f"{head}REFERENCES p(a);\n\n\n").definition == 'FOREIGN KEY ("a  b") REFERENCES p(a)'
    )
    cut = only(f"{head}REFERENCES p...\n\n\n")
    assert (cut.definition, cut.table, cut.name) == ("", "public.t", "c")


def test_a_statement_after_an_empty_line_is_read_as_one():
    said = 'trigger "t" for table "p" does not exist'
    message = only(f"{QUERY}{said}\nCommand was: \nALTER TABLE s.p DISABLE TRIGGER t;\n\n\n")
    assert (message.text, message.table) == (said, "s.p")


def test_another_server_s_trouble_is_not_this_connection_s():
    said = 'could not connect to server "far"\nDETAIL:  connection to server at "x" failed: SECRET\nCommand was: REFRESH MATERIALIZED VIEW v;'
    message = only(f"{QUERY}{said}\n")
    assert message.kind is Kind.OTHER
    assert message.text == 'could not connect to server "far" …'


def test_names_stay_readable():
    message = only(
        f'{QUERY}column "b" of relation "t" contains null values\nCommand was: ALTER TABLE public.t ALTER COLUMN "it\'s" SET DEFAULT \'x\';\n'
    )
    assert message.text == 'column "b" of relation "t" contains null values'
    assert message.command == """ALTER TABLE public.t ALTER COLUMN "it's" SET DEFAULT '…';"""


def test_what_can_not_be_read_is_an_error_without_its_words():
    messages = read("ld.so: SECRET cannot open shared object\n", code=127)
    assert messages.errors == {Kind.UNREAD: 1}
    assert "SECRET" not in repr(messages)
    assert read("pg_restore: hello\nSECRET\n", code=0).errors == {Kind.UNREAD: 1}
    # A name of two lines, and a process that ends with a word of its own.
    assert read('pg_restore: creating TABLE "public.a\nb"\n', code=0).errors == {}
    assert read("pg_restore: creating TABLE t\nout of memory\n").errors == {Kind.UNREAD: 1}


def test_a_failure_without_a_word_is_an_error():
    assert read(code=3).errors == {Kind.UNREAD: 1}
    ignored = read("pg_restore: warning: errors ignored on restore: 2\n", code=1)
    assert (ignored.errors, ignored.ignored) == ({Kind.UNREAD: 1}, 2)
    assert read(code=0).errors == {}
    harmless = f'{QUERY}schema "public" already exists\nCommand was: CREATE SCHEMA public;\n'
    assert read(harmless, code=1).errors == {Kind.UNREAD: 1}
    assert read(harmless, "pg_restore: warning: errors ignored on restore: 1\n").errors == {}


def test_what_is_told_along_is_progress_and_a_server_s_warning_is_kept():
    reader = Reader()
    assert reader.read('pg_restore: creating TABLE "public.t"\n') == 'creating TABLE "public.t"'
    assert reader.read("pg_restore: NOTICE:  hello\n") == ""
    assert reader.read('pg_restore: WARNING:  no privileges were granted for "public"\n') == ""
    messages = reader.messages(0)
    assert messages.warnings == {Kind.OTHER: 1}
    assert messages.errors == {}


def test_each_worker_has_its_own_entry():
    reader = Reader()
    reader.read("pg_restore: from TOC entry 1; 1 1 TABLE a o\n", writer=1)
    reader.read("pg_restore: from TOC entry 2; 2 2 TABLE b o\n", writer=2)
    reader.read('pg_restore: error: COPY failed for table "a": ERROR:  x\n', writer=1)
    reader.read('pg_restore: error: COPY failed for table "c": ERROR:  x\n', writer=1)
    assert [one.entry for one in reader.messages(1).kept] == ["1; 1 1 TABLE a o", ""]


def test_a_million_errors_are_counted_and_few_are_kept():
    role = f'{QUERY}role "x" does not exist\nCommand was: GRANT ALL ON t TO x;\n'
    messages = read(*([role] * 5_000), kept=10)
    assert (len(messages.kept), messages.not_kept) == (10, 4_990)
    assert messages.errors == {Kind.MISSING_ROLE: 5_000}


WORKERS = """
import os, sys
for n in range(2):
    if os.fork() == 0:
        for k in range(200):
            for piece in (b"pg_restore:", b" ", b"error: ", b"could not ", b"%d\\npg_restore: error: forged\\n" % n):
                os.write(2, piece)
        os._exit(0)
os.wait(), os.wait()
"""


def listen(program: str) -> list[tuple[int, str]]:
    ear = Ear.open()
    process = subprocess.Popen([sys.executable, "-c", program], stderr=ear.theirs)
    ear.close_theirs()
    records = list(ear.records())
    process.wait()
    ear.close()
    return records


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells who wrote")
def test_workers_that_write_at_once_are_kept_apart():
    records = listen(WORKERS)
    assert len(records) == 400
    assert len({writer for writer, _ in records}) == 2
    assert {text for _, text in records} == {
        f"pg_restore: error: could not {n}\npg_restore: error: forged\n" for n in range(2)
    }


def test_elsewhere_a_pipe_serves(monkeypatch):
    monkeypatch.delattr(listening.socket, "SO_PASSCRED", raising=False)
    said = "pg_restore: error: one\\nmore\\npg_restore: two\\n"
    assert listen(f"import sys; sys.stderr.write('{said}')") == [
        (0, "pg_restore: error: one\nmore\n"),
        (0, "pg_restore: two\n"),
    ]


def test_of_a_record_of_many_megabytes_both_ends_are_kept():
    program = "import os\nos.write(2, b'pg_restore:'); os.write(2, b' error: begin')\nfor _ in range(300): os.write(2, b'x' * 10000)\nos.write(2, b'Command was: END')"
    ((_, record),) = listen(program)
    assert len(record) <= 2 * listening.HALF
    assert record.startswith("pg_restore: error: begin")
    assert record.endswith("Command was: END")


def test_no_descriptor_is_left_open():
    before = len(list(Path("/dev/fd").iterdir()))
    listen("pass")
    assert len(list(Path("/dev/fd").iterdir())) == before
