"""``make docs``: the lists of checks and settings, and the README's pictures, from a real run."""

from __future__ import annotations

import io
from pathlib import Path

import psycopg
from psycopg.conninfo import make_conninfo
from rich.console import Console
from rich.text import Text

from bench.cluster import cluster
from docs.check_list import write_check_list
from docs.configuration_files import write_configuration_files
from studioops.cli.render import print_scan
from studioops.integrity import load_contract, scan
from studioops.local.studioops_legacy import load_legacy
from studioops.model import Report
from studioops.postgres import open_database
from studioops.settings.declarations import SHIPPED_CONTRACT

IMAGES = Path(__file__).parent / "images"
WIDTH, LINES = 150, 38


def main() -> None:
    """Write the lists of checks and settings; scan the legacy database and draw what shows it."""
    write_check_list()
    write_configuration_files()
    IMAGES.mkdir(exist_ok=True)
    picture = Console(
        record=True, width=WIDTH, file=io.StringIO(), force_terminal=True, highlight=False
    )
    print_scan(legacy_report(), picture)
    draw(picture.export_text(styles=True).splitlines()[:LINES])


def draw(lines: list[str]) -> None:
    """Write the picture.

    Args:
        lines: of the terminal, with their colours.
    """
    sheet = Console(
        record=True, width=WIDTH, file=io.StringIO(), force_terminal=True, highlight=False
    )
    for line in lines:
        sheet.print(Text.from_ansi(line), soft_wrap=True, crop=True)
    sheet.save_svg(str(IMAGES / "scan.svg"), title="studioops scan")


def legacy_report() -> Report:
    """What a scan says of the legacy StudioOps database."""
    with cluster() as admin:
        with psycopg.connect(admin, autocommit=True) as connection:
            connection.execute("CREATE ROLE studioops")
            connection.execute("CREATE DATABASE studioops")
        dsn = make_conninfo(admin, dbname="studioops")
        with psycopg.connect(dsn) as connection:
            load_legacy(connection, "studioops")
        with open_database(dsn) as database:
            return scan(database, load_contract(SHIPPED_CONTRACT), target="studioops")


if __name__ == "__main__":
    main()
