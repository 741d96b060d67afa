"""Free ports on 127.0.0.1, picked once and remembered."""

from __future__ import annotations

import random
import socket
from collections.abc import Callable, Iterable, Sequence

from studioops.errors import LocalStackError
from studioops.local.processes import wait_for
from studioops.local.state import State

LOOPBACK = "127.0.0.1"
# Below the range that systems hand out to outgoing connections (32768 on Linux), also with
# SeaweedFS's habit of adding 10000 for gRPC.
RANGE = range(12000, 22000)
GRPC_OFFSET = 10000
TRIES = 2000
# A killed process holds its ports for a moment longer than its pid.
PORT_PATIENCE_S = 2.0


def is_free(port: int) -> bool:
    """Whether nobody listens at that port of 127.0.0.1."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        # As servers do: a port in TIME_WAIT counts as free.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((LOOPBACK, port))
        except OSError:
            return False
        return True


def taken_ports(ports: Iterable[int]) -> list[int]:
    """Those where somebody listens, and still does after a moment."""
    wanted = list(ports)
    wait_for(lambda: all(map(is_free, wanted)), PORT_PATIENCE_S)
    return [port for port in wanted if not is_free(port)]


def pick(count: int, offsets: Sequence[int] = (0,), avoid: Sequence[int] = ()) -> list[int]:
    """Some free ports.

    Args:
        count: how many.
        offsets: what is added to each for its companions, which must be free as well.
        avoid: ports that are spoken for.

    Raises:
        LocalStackError: hardly a port is free.
    """
    picked: list[int] = []
    for port in random.sample(RANGE, TRIES):
        if port not in avoid and all(is_free(port + offset) for offset in offsets):
            picked.append(port)
        if len(picked) == count:
            return picked
    raise LocalStackError(
        f"no {count} free ports between {RANGE.start} and {RANGE.stop} on {LOOPBACK}",
        "see who listens with `ss -ltnp`, stop what is not needed, then run `studioops up`",
    )


def remembered(
    state: State,
    part: str,
    names: Sequence[str],
    say: Callable[[str], None],
    offsets: Sequence[int] = (0,),
) -> dict[str, int]:
    """The ports of a part that is not running: the remembered ones, unless somebody took one.

    Args:
        state: where they are remembered.
        part: the part's name.
        names: what each port is for.
        say: told when a port had to change.
        offsets: as for :func:`pick`.

    Returns:
        a port for each name.
    """
    all_ports: dict[str, dict[str, int]] = state.get("ports") or {}
    mine = {name: port for name, port in all_ports.get(part, {}).items() if name in names}
    others = [port for known in all_ports.values() for port in known.values()]
    taken = taken_ports(port + offset for port in mine.values() for offset in offsets)
    for name in names:
        port = mine.get(name)
        if port is not None and not any(port + offset in taken for offset in offsets):
            continue
        mine[name] = pick(1, offsets, [*others, *mine.values()])[0]
        if port is not None:
            say(f"port {port} of {part} is taken by somebody else: {mine[name]} from now on")
    state.put(ports={**all_ports, part: mine})
    return mine
