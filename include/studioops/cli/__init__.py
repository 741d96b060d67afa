"""The command line: one group of commands a file."""

from studioops.cli.app import main

__all__ = ["main"]
