"""What is called weak, and that what is made by chance never is."""

from __future__ import annotations

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from studioops.settings.rules.strength import (
    ENOUGH_BITS,
    bits,
    known_default,
    password_in,
    placeholder,
    weakness,
)
from studioops.settings.templates import fresh_secret


@pytest.mark.parametrize(
    ("secret", "said"),
    [
        ("", "0 characters"),
        ("short", "5 characters"),
        ("a1c9" * 7 + "b2d", "31 characters"),
        ("your_jwt_secret_key_here_make_it_long", "placeholder"),
        ("your-secret-key-change-in-production", "placeholder"),
        ("CHANGE_ME_" * 4, "placeholder"),
        ("<put 32 characters of chance here!>", "placeholder"),
        ("dev-8f3a90c17b2e46d5908a7c3b1e2f4d60", "'dev'"),
        ("8f3a90c17b2e46d5TEST908a7c3b1e2f4d60", "'test'"),
        ("a" * 64, "repeats itself"),
        ("ab12" * 16, "repeats itself"),
        ("abcdefghijklmnopqrstuvwxyz0123456789", "repeats itself"),
        ("0123456789" * 4, "repeats itself"),
    ],
)
def test_a_weak_secret_and_why(secret, said):
    assert said in weakness(secret)


@pytest.mark.parametrize("secret", ["password", "MinioAdmin", "postgres", "changeit"])
def test_known_defaults(secret):
    assert known_default(secret)
    assert not known_default(f"{secret}-and-more")


@given(st.binary(min_size=32, max_size=32))
def test_what_is_found_weak_in_chance_is_no_chance(raw):
    """Hypothesis likes zeros: a key without them is never called guessable."""
    text = raw.hex()
    if len(set(raw)) > 24:
        assert bits(text) >= ENOUGH_BITS
        assert bits(base64.b64encode(raw).decode()) >= ENOUGH_BITS


def test_what_setup_makes_is_strong():
    assert [one for _ in range(200) if weakness(one := fresh_secret())] == []


@given(st.text(max_size=80))
def test_a_reason_never_quotes_the_secret(secret):
    said = weakness(secret)
    assert said is None or len(secret) < 12 or secret not in said


@pytest.mark.parametrize(
    ("text", "pair"),
    [
        ("postgresql://u:p%40ss@h/d", ("u", "p@ss")),
        ("postgresql://h/d", ("", "")),
        ("host=h user=u password=geheim dbname=d", ("u", "geheim")),
        ("host=h password='geheim'", ("", "geheim")),
        ("host=db.example dbname=d", ("", "")),
        ("sk-abc", ("", "sk-abc")),
        ("redis://:geheim@h:6379/0", ("", "geheim")),
        ("postgresql://[broken", ("", "")),
    ],
)
def test_the_password_of_an_address(text, pair):
    assert password_in(text) == pair


def test_a_host_called_example_is_no_placeholder():
    assert placeholder(password_in("postgresql://u:vK3pQ8zX1m@db.example/d")[1]) is False
