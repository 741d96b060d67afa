"""Five hundred endpoints in one task: in less than twice the slowest one's limit, in little memory."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Thread

import pytest

MANY, TIMEOUT_S, MB = 500, 10, 1 << 20
# In a process of its own: what it takes is what the look takes.
LOOK = """
import json, sys, time
from studioops.services import Reach, look_at, watched
from studioops.settings import Kind, Service

well, hanging, many, timeout = sys.argv[1], sys.argv[2], int(sys.argv[3]), float(sys.argv[4])
services = {
    f"endpoint {n}": Service(kind=Kind.HTTP, url=hanging if n % 100 == 0 else well, timeout=timeout)
    for n in range(many)
}
began = time.monotonic()
states = look_at(watched(services, Reach()))
# Not ru_maxrss: that begins with the parent's.
status = open("/proc/self/status").read()
print(json.dumps({
    "seconds": time.monotonic() - began,
    "bytes": int(status.partition("VmHWM:")[2].split()[0]) * 1024,
    "causes": [str(one.cause) for one in states],
}))
"""


class Endpoint(BaseHTTPRequestHandler):
    over = Event()

    def do_GET(self) -> None:
        if self.path == "/hanging":
            self.over.wait(60)
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b"well")

    def log_message(self, *_: object) -> None:
        """Nothing: the tests tell."""


class Crowd(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = MANY


@pytest.fixture
def endpoint() -> Iterator[str]:
    with Crowd(("127.0.0.1", 0), Endpoint) as server:
        Endpoint.over.clear()
        Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}"
        Endpoint.over.set()
        server.shutdown()


def test_five_hundred_at_once(endpoint):
    words = [f"{endpoint}/", f"{endpoint}/hanging", str(MANY), str(TIMEOUT_S)]
    done = subprocess.run(
        [sys.executable, "-c", LOOK, *words], capture_output=True, text=True, check=True
    )
    seen = json.loads(done.stdout)
    causes = seen["causes"]
    assert [causes[n] for n in range(0, MANY, 100)] == ["timeout"] * 5
    others = [cause for n, cause in enumerate(causes) if n % 100]
    assert set(others) <= {"ok", "slow"}, causes
    assert seen["seconds"] < 2 * TIMEOUT_S
    assert seen["bytes"] < 200 * MB
