"""Runs a program and prints its exit code, its seconds and its memory; small itself.

A process starts with the memory of whoever started it in its figures, so a small one starts it.
``python meter.py STDOUT STDERR PROGRAM ARGUMENT …``, the first two by number.
"""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import time

KIB = 1 if sys.platform == "darwin" else 1024


def main(out: str, err: str, *command: str) -> None:
    """Run a program.

    Args:
        out: the number of what it writes to.
        err: the same for its errors.
        command: the program and its arguments.
    """
    began = time.perf_counter()
    code = subprocess.call(command, stdin=subprocess.DEVNULL, stdout=int(out), stderr=int(err))
    seconds = time.perf_counter() - began
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * KIB / 1e6
    json.dump({"code": code, "seconds": seconds, "peak_mb": peak}, sys.stdout)


main(*sys.argv[1:])
