"""``studioops`` as a process of its own, without the second that its modules take to load.

A process that has them loaded is forked for each command. What a command is started with is all
its own: words, directory, environment, output, and the exit code of a real process.
"""

from __future__ import annotations

import gc
import json
import os
import socket
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Self

ROOT = Path(__file__).parents[1]
PROGRAM = str(Path(sys.executable).with_name("studioops"))
# These are read when Python starts, so such a command needs a Python of its own.
READ_AT_START = ("PYTHON", "LANG", "LC_", "TZ")


class Warm:
    """Runs commands, each in a fork of one process.

    Args:
        directory: for its socket.
    """

    def __init__(self, directory: Path) -> None:
        self._address = str(directory / "warm.sock")
        self._kept = {name: os.environ[name] for name in ("PATH", "LANG") if name in os.environ}
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.warm", self._address],
            cwd=ROOT,
            env=self._kept,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
        )
        assert self._process.stdout is not None
        if self._process.stdout.readline() != b"ready\n":
            raise RuntimeError("the process that commands are forked from did not start")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._process.kill()
        self._process.communicate()

    def run(
        self, words: Sequence[str], *, cwd: Path, env: Mapping[str, str], timeout: float = 60
    ) -> subprocess.CompletedProcess[str]:
        """Run ``studioops`` with these words to its end.

        Args:
            words: after the program's name.
            cwd: where.
            env: the whole environment.
            timeout: seconds.

        Raises:
            TimeoutError: it took longer.
        """
        other = {name for name, value in env.items() if self._kept.get(name) != value}
        if any(name.startswith(READ_AT_START) for name in other):
            return subprocess.run(
                [PROGRAM, *words],
                cwd=cwd,
                env=dict(env),
                capture_output=True,
                text=True,
                timeout=timeout,
                check=False,
            )
        with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
            order = {"words": list(words), "cwd": str(cwd), "env": dict(env)}
            code = self._ask(order, [out.fileno(), err.fileno()], timeout)
            said = [_text(out), _text(err)]
        return subprocess.CompletedProcess(list(words), code, *said)

    def _ask(self, order: Mapping[str, Any], files: list[int], timeout: float) -> int:
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as line:
            line.settimeout(timeout)
            line.connect(self._address)
            socket.send_fds(line, [json.dumps(order).encode() + b"\n"], files)
            with line.makefile("rb") as answer:
                return int(answer.readline())


def _text(file: Any) -> str:
    file.seek(0)
    return str(file.read().decode())


def _serve(address: str) -> dict[str, Any]:
    """Fork for each order; only the process that is to carry one out ever returns."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as listener:
        listener.bind(address)
        listener.listen()
        sys.stdout.write("ready\n")
        sys.stdout.flush()
        while True:
            line, _ = listener.accept()
            with line:
                if not os.fork():
                    # Nobody waits for this one, so that the next order need not wait either.
                    if os.fork():
                        os._exit(0)
                    return _carried_out(line)
            os.wait()


def _carried_out(line: socket.socket) -> dict[str, Any]:
    """The order, in the process that carries it out; its parent tells how that ended."""
    text, files, *_ = socket.recv_fds(line, 1 << 20, 2)
    while not text.endswith(b"\n"):
        text += line.recv(1 << 20)
    if child := os.fork():
        _, status = os.waitpid(child, 0)
        line.sendall(f"{os.waitstatus_to_exitcode(status)}\n".encode())
        os._exit(0)
    for number, file in enumerate(files, 1):
        os.dup2(file, number)
        os.close(file)
    return json.loads(text)


def _become(order: Mapping[str, Any]) -> None:
    from studioops.cli import main

    os.chdir(order["cwd"])
    os.environ.clear()
    os.environ.update(order["env"])
    sys.argv = [PROGRAM, *order["words"]]
    main()


if __name__ == "__main__":
    import boto3  # noqa: F401  (loaded here so that no command need load it)
    import rich.progress  # noqa: F401

    from studioops.cli.app import command_line

    command_line()
    # Forks share what nobody collects.
    gc.freeze()
    _become(_serve(sys.argv[1]))
