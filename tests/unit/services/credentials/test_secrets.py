"""Secrets that nobody can be asked about: judged by their length, their chance, and what is known."""

from __future__ import annotations

import base64
import secrets

import pytest
from cryptography.fernet import Fernet

from studioops.model import Status
from studioops.services import Cause
from studioops.services.credentials import Credential
from studioops.services.credentials.fernet import check_fernet
from studioops.services.credentials.secret import check_secret
from studioops.services.credentials.weakness import (
    exposed_by,
    is_local,
    weak_in_airflow,
    weak_key,
    weak_password,
)

GOOD = secrets.token_hex(32)


def jwt(secret: str | None) -> Credential:
    return check_secret("jwt secret", secret, "JWT_SECRET_KEY", "sessions")


def test_a_secret_that_is_made_by_chance_is_well() -> None:
    seen = jwt(GOOD)
    assert (seen.status, seen.cause, seen.weak, seen.may) == (
        Status.PASSED,
        Cause.OK,
        "",
        ("sign sessions",),
    )
    assert GOOD not in repr(seen)


@pytest.mark.parametrize(
    ("secret", "words"),
    [
        ("your_jwt_secret_key_here_of_32_characters", "placeholder"),
        ("letmein", "known default"),
        ("k3v9", "has 4 characters"),
        ("development-of-the-shop-0123456789abcdef", "'dev'"),
        ("abcd" * 16, "repeats"),
    ],
)
def test_a_secret_that_can_be_guessed_says_why_and_not_what(secret: str, words: str) -> None:
    seen = jwt(secret)
    assert words in seen.weak
    assert words in seen.message
    assert secret not in repr(seen)


@pytest.mark.parametrize("secret", [None, ""])
def test_a_secret_that_is_not_set_is_neither(secret: str | None) -> None:
    seen = jwt(secret)
    assert (seen.status, seen.cause) == (Status.NOT_CHECKED, Cause.NOT_CONFIGURED)
    assert "JWT_SECRET_KEY" in seen.next_step


def fernet(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode()


def test_keys_of_fernet_that_are_well() -> None:
    one, two = Fernet.generate_key().decode(), Fernet.generate_key().decode()
    for text in (one, f"{one},{two}", f"{one}, {two}"):
        seen = check_fernet(text)
        assert (seen.status, seen.weak) == (Status.PASSED, "")
        assert one not in repr(seen)
        assert two not in repr(seen)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("not base64 at all", "key 1 of 1 is no base64"),
        (fernet(b"x" * 31), "key 1 of 1 is 31 bytes"),
        (f"{Fernet.generate_key().decode()},short", "key 2 of 2"),
        (f"{Fernet.generate_key().decode()},", "key 2 of 2"),
    ],
    ids=["text", "a byte less", "the second is short", "the second is empty"],
)
def test_what_is_no_key_of_fernet_does_not_work(text: str, words: str) -> None:
    seen = check_fernet(text)
    assert (seen.status, seen.cause) == (Status.FAILED, Cause.UNAUTHORISED)
    assert words in seen.message
    assert "urlsafe_b64encode" in seen.next_step
    assert all(part not in repr(seen) for part in text.split(",") if len(part) > 5)


@pytest.mark.parametrize(
    ("raw", "words"),
    [
        (bytes(32), "repeats"),
        (bytes(range(32)), "repeats"),
        (b"the-password-of-this-very-shop-1", "is a text"),
        (b"changeme-changeme-changeme-12345", "placeholder"),
    ],
)
def test_a_key_of_fernet_that_was_made_up(raw: bytes, words: str) -> None:
    seen = check_fernet(fernet(raw))
    assert seen.status is Status.PASSED
    assert words in seen.weak


def test_the_older_of_two_keys_is_judged_too() -> None:
    assert "repeats" in check_fernet(f"{Fernet.generate_key().decode()},{fernet(bytes(32))}").weak


def test_no_key_of_fernet() -> None:
    assert check_fernet(None).cause is Cause.NOT_CONFIGURED


def test_passwords_that_others_know() -> None:
    assert weak_password("minioadmin") == "is a known default"
    assert weak_password("changeme") == "is a placeholder"
    assert weak_password("anna_k", "anna_k") == "is its user's name"
    assert weak_password("k3v9-Lq!") == ""


def test_keys_that_are_nothing_but_chance() -> None:
    assert weak_key(GOOD) == ""
    assert "31 characters" in weak_key(GOOD[:31])
    assert "repeats" in weak_key("ab" * 32)
    assert weak_key("password") == "is a known default"


def test_what_airflow_makes_for_itself_is_good_enough_for_it() -> None:
    made = base64.b64encode(secrets.token_bytes(16)).decode()
    assert weak_in_airflow(made) == ""
    assert "32 are the least" in weak_key(made)
    assert "22 are the least" in weak_in_airflow(made[:21])
    assert weak_in_airflow("temporary_key") == "has 13 characters; 22 are the least"


@pytest.mark.parametrize(
    ("url", "exposed"),
    [
        ("https://api.openai.com/v1", False),
        ("http://127.0.0.1:9/v1", False),
        ("http://localhost/v1", False),
        ("http://[::1]:80/v1", False),
        ("http://proxy.example/v1", True),
        ("http://10.0.0.7/v1", True),
    ],
)
def test_what_travels_readable(url: str, exposed: bool) -> None:
    assert bool(exposed_by(url)) is exposed


@pytest.mark.parametrize("host", ["", "/run/postgresql", "@socket", "127.0.0.9", "::1"])
def test_what_leaves_this_machine_on_no_line(host: str) -> None:
    assert is_local(host)
    assert not is_local("192.0.2.1")
    assert not is_local("db.example")
