"""Printed commands carry the words that were typed, and never a password."""

from __future__ import annotations

import shlex

import pytest

from studioops.cli.pasted import Typed
from studioops.errors import NoSuchBackup
from studioops.postgres import parse_dsn

ID = "20261125T020000Z-1f0c9a3e"
URL = "postgresql://me@db.example:5432/shop"
TYPED = Typed.of({"--dsn": URL, "--to": "my vault", "--contract": "c.yaml", "--server": None})


@pytest.mark.parametrize(
    ("text", "pasted"),
    [
        (f"never drilled; next: studioops backup drill {ID}",
         f"never drilled; next: studioops backup drill {ID} --dsn {URL} --to 'my vault' "
         "--contract c.yaml"),
        ("see `studioops backup list` for others",
         f"see `studioops backup list --dsn {URL} --to 'my vault'` for others"),
        # The place of a way back is a database's name, and it needs no store.
        ("studioops recover back --dsn URL --to kept", f"studioops recover back --dsn {URL} --to kept"),
        ("studioops recover back --to kept", f"studioops recover back --dsn {URL} --to kept"),
        (f"drill it: `studioops backup drill {ID} --dsn URL`, then go on",
         f"drill it: `studioops backup drill {ID} --to 'my vault' --contract c.yaml --dsn {URL}`, "
         "then go on"),
        ("`studioops backup take --target other`",
         "`studioops backup take --to 'my vault' --target other`"),
        ("studioops scan --repairs, mend", f"studioops scan --dsn {URL} --contract c.yaml --repairs, mend"),
        ("studioops recovery: {}", "studioops recovery: {}"),
        ("start it with `studioops up`", "start it with `studioops up`"),
    ],
)  # fmt: skip
def test_each_command_gets_the_words_that_it_takes_and_lacks(text, pasted):
    assert TYPED.pasted(text) == pasted
    assert TYPED.pasted(pasted) == pasted, "twice is once"


def test_without_words_a_text_stays_as_it_is():
    assert Typed.of({"--target": None, "--to": None}).pasted("studioops backup take") == (
        "studioops backup take"
    )


@pytest.mark.parametrize(
    "dsn",
    [
        "postgresql://me:geheim@db.example:5432/shop?sslmode=require",
        "postgresql+psycopg://me:geheim@db.example:5432/shop?sslmode=require",
        "postgresql://me@db.example:5432/shop?sslmode=require&pass%77ord=geheim",
        "host=db.example port=5432 user=me dbname=shop sslmode=require password='geheim'",
        "host=db.example port=5432 user=me dbname=shop sslmode=require sslpassword=geheim",
    ],
)
@pytest.mark.parametrize("option", ["--dsn", "--server"])
def test_a_password_is_left_out_and_the_rest_still_leads_there(dsn, option):
    line = Typed.of({option: dsn}).pasted("studioops backup drill")
    assert "geheim" not in line
    (_, _, _, typed, value) = shlex.split(line)
    words = {"host": "db.example", "port": "5432", "user": "me", "dbname": "shop"}
    assert (typed, parse_dsn(value).params) == (option, words | {"sslmode": "require"})
    assert parse_dsn(value).where == parse_dsn(dsn).where, "its backups go by that"


def test_an_error_says_its_next_step_in_full():
    with pytest.raises(NoSuchBackup) as caught, TYPED.told():
        raise NoSuchBackup("there is none", "take one: `studioops backup take`")
    assert (
        caught.value.next_step == f"take one: `studioops backup take --dsn {URL} --to 'my vault'`"
    )
