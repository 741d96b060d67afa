"""A worker in a process of its own: calls a service behind the breaker that all workers share.

Each line on stdin is one call: of which service, in which ledger, by a clock how far ahead. Each
line on stdout is how one ended.
"""

from __future__ import annotations

import json
import socket
import sys
from datetime import UTC, datetime, timedelta
from functools import partial

from studioops.errors import StudioOpsError
from studioops.ledger import open_ledger
from studioops.services.breaker import Breaker, Rules, Shared
from studioops.services.failure import ServiceAway

ahead = timedelta()


def clock() -> datetime:
    return datetime.now(UTC) + ahead


def ask(port: int) -> str:
    with socket.create_connection(("127.0.0.1", port), timeout=30) as line:
        said = line.recv(16)
    if not said:
        raise ServiceAway("the service hung up", "wait")
    return said.decode()


def main() -> None:
    global ahead  # noqa: PLW0603 - a process of a few lines
    rules = Rules(failures=4, wait=600, try_for=600)
    shared: dict[str, Shared] = {}
    print("ready", flush=True)  # noqa: T201
    for line in sys.stdin:
        wanted = json.loads(line)
        ahead = timedelta(seconds=wanted["ahead"])
        url, ask_it = wanted["url"], partial(ask, wanted["port"])
        kept = shared.setdefault(url, Shared(open_ledger(url), clock))
        try:
            print(Breaker("counted", kept, rules, clock).call(ask_it), flush=True)  # noqa: T201
        except StudioOpsError as error:
            print(error.code, flush=True)  # noqa: T201


if __name__ == "__main__":
    main()
