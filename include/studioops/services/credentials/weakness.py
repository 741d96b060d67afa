"""Whether a secret can be guessed, is known to others, or travels readable."""

from __future__ import annotations

from ipaddress import ip_address
from urllib.parse import urlsplit

from studioops.settings.rules.strength import (
    ENOUGH_BITS,
    ENOUGH_CHARACTERS,
    REPEATS,
    bits,
    known_default,
    placeholder,
)

# 16 bytes in base64, which is what Airflow makes for itself.
AIRFLOW_CHARACTERS = 22
LOCAL_NAMES = frozenset({"", "localhost"})


def weak_password(secret: str, user: str = "") -> str:
    """Why a secret that a service gave out or takes is weak; empty where it is not.

    Args:
        secret: the password or key.
        user: whose it is; a name is no password.

    Returns:
        a few words that never quote it.
    """
    if placeholder(secret):
        return "is a placeholder"
    if known_default(secret):
        return "is a known default"
    return "is its user's name" if user and secret == user else ""


def weak_key(secret: str, least: int = ENOUGH_CHARACTERS) -> str:
    """Why a key that is nothing but chance has too little of it; empty where it has enough.

    Args:
        secret: the key.
        least: characters that it must have.
    """
    weak = weak_password(secret)
    if weak:
        return weak
    if len(secret) < least:
        return f"has {len(secret)} characters; {least} are the least"
    return REPEATS if bits(secret) < ENOUGH_BITS else ""


def exposed_by(url: str) -> str:
    """How a credential that is sent to an address travels readable; empty where it does not."""
    parts = urlsplit(url)
    if parts.scheme != "http" or is_local(parts.hostname or ""):
        return ""
    return "is sent over http, readable on the way"


def is_local(host: str) -> bool:
    """Whether a host is this machine: what is sent to it leaves it on no line.

    Args:
        host: a name, an address, or a directory of sockets.
    """
    if host in LOCAL_NAMES or host.startswith(("/", "@")):
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def weak_in_airflow(secret: str) -> str:
    """Why one of Airflow's own secrets is weak; empty where it is as good as those it makes."""
    return weak_key(secret, AIRFLOW_CHARACTERS)
