"""The configuration by the commands that it used to have: ``python config_manager.py validate``.

The same as ``studioops config``, with whichever Python it is called.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

OWN_PYTHON = Path(__file__).resolve().parent / ".venv" / "bin" / "python"


def main() -> None:
    """Hand over to ``studioops config``; a Python without our packages hands over to ours."""
    try:
        from studioops.cli import main as command_line
    except ModuleNotFoundError:
        if Path(sys.prefix) == OWN_PYTHON.parents[1] or not OWN_PYTHON.exists():
            sys.exit("config_manager.py: its packages are not installed; next: make setup")
        os.execv(OWN_PYTHON, [str(OWN_PYTHON), __file__, *sys.argv[1:]])  # noqa: S606  (an argument list)
    sys.argv = ["studioops", "config", *sys.argv[1:]]
    command_line()


if __name__ == "__main__":
    main()
