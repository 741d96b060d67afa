"""From a dump as it lies to an archive that pg_restore can take, with every part looked at."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from studioops.backups.foreign.contents import list_contents
from studioops.backups.foreign.dump import Dump
from studioops.backups.foreign.packing import content
from studioops.backups.foreign.parts import look_at_parts, require_whole_tar
from studioops.backups.foreign.room import require_room, unpacked_size, write_pieces
from studioops.backups.foreign.rows_there import Contents
from studioops.model import Finding
from studioops.postgres.client_tools import ClientTools

Progress = Callable[[str, int, int], None]


@dataclass(frozen=True)
class Opened:
    """An archive that can be restored, or what is wrong with it.

    Args:
        dump: where it lies now.
        contents: what it says that it holds.
        findings: its faults.
    """

    dump: Dump
    contents: Contents
    findings: tuple[Finding, ...] = ()


def open_archive(
    dump: Dump, tools: ClientTools, place: Path, progress: Progress | None = None
) -> Opened:
    """Unpack an archive where it is packed, and look at every part of it.

    Args:
        dump: in custom, directory or tar format.
        tools: whose pg_restore reads it.
        place: a private directory.
        progress: told what is looked at.

    Raises:
        BrokenDump: it can't be read at all.
        ToolMissing: the tools can't read its compression.
        BackupError: the disk has no room for it.
    """
    plain = _unpacked(dump, place, progress)
    if dump.head.form == "tar":
        require_whole_tar(plain)
    entries = list_contents(dump, plain.path, tools)
    contents = Contents.of_entries(entries)
    several = dump.head.form in ("tar", "directory")
    findings = tuple(look_at_parts(plain, entries, progress)) if several else ()
    return Opened(plain, contents, findings)


def _unpacked(dump: Dump, place: Path, progress: Progress | None) -> Dump:
    if not dump.packing:
        return dump
    require_room(place, unpacked_size(dump), f"{dump.name} without its {dump.packing}")
    target = place / "archive"
    if progress is not None:
        progress(f"unpacking {dump.name}", 0, 1)
    write_pieces(content(dump.path, dump.packing, dump.name), target, dump.name)
    return replace(dump, path=target, packing="")
