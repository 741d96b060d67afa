"""Whether every part of an archive in several files is there and whole.

pg_restore does not ask: a part without compression that ends at a row's end restores with exit
code 0, and one release reads a cut tar file for ever.
"""

from __future__ import annotations

import tarfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from studioops.backups.foreign.broken import REPAIR, WHY, BrokenDump
from studioops.backups.foreign.contents import Entry
from studioops.backups.foreign.dump import Dump
from studioops.backups.foreign.packing import content
from studioops.backups.seen import fault
from studioops.model import Finding

ENDINGS = ("", ".gz", ".lz4", ".zst")
# Rows by COPY end so, and INSERT statements; where there are none of these, NO_ROWS is all.
ROWS_END = (b"\\.\n\n\n", b";\n\n\n")
NO_ROWS = b"\n\n"
TAIL = 16
BLOCK = tarfile.BLOCKSIZE


@dataclass(frozen=True, slots=True)
class Part:
    """One file of an archive.

    Args:
        size: bytes.
        tail: reads all of it and hands back its last bytes, without compression; None where we
            have nothing that reads it.
    """

    size: int
    tail: Callable[[], bytes] | None


def look_at_parts(
    dump: Dump, entries: Sequence[Entry], progress: Callable[[str, int, int], None] | None = None
) -> Iterator[Finding]:
    """Look at every part that the table of contents asks for.

    Args:
        dump: in directory or tar format.
        entries: of its table of contents.
        progress: told the part, how many were looked at, and of how many.
    """
    parts = _files(dump) if dump.path.is_dir() else _members(dump)
    wanted = [one for one in entries if one.kind in ("TABLE DATA", "BLOBS")]
    for done, entry in enumerate(wanted):
        if progress is not None:
            progress(f"{entry.kind} {entry.name}", done, len(wanted))
        yield from _missing(dump, entry, parts)
    for name, part in parts.items():
        yield from _broken(dump, name, part, {one.number: one for one in wanted})


def require_whole_tar(dump: Dump) -> None:
    """Make sure that a tar file holds all that its members' heads promise.

    Raises:
        BrokenDump: it ends before, or a head is not what was written.
    """
    try:
        with tarfile.open(dump.path, "r:") as archive:
            members = archive.getmembers()
    except (tarfile.TarError, OSError, ValueError):
        raise BrokenDump("dump_cut_off", dump.name, "ends in the middle of a tar file") from None
    last = members[-1]
    end = last.offset_data + -(-last.size // BLOCK) * BLOCK
    # Two blocks of zeros end a tar file; where other bytes stand, a head is damaged.
    with dump.path.open("rb") as file:
        file.seek(end)
        rest = file.read(2 * BLOCK)
    if len(rest) < 2 * BLOCK:
        message = f"ends in the middle of a tar file, in {last.name}"
        raise BrokenDump("dump_cut_off", dump.name, message)
    if rest.strip(b"\0"):
        raise BrokenDump(
            "dump_damaged", dump.name, f"holds no tar member where one begins, behind {last.name}"
        )


def _files(dump: Dump) -> dict[str, Part]:
    return {
        one.name: Part(one.stat().st_size, _tail_of(dump, one))
        for one in sorted(dump.path.iterdir())
        if one.is_file()
    }


def _tail_of(dump: Dump, path: Path) -> Callable[[], bytes] | None:
    if path.suffix in (".lz4", ".zst"):
        return None
    packing = "gzip" if path.suffix == ".gz" else ""

    def read() -> bytes:
        tail = b""
        if packing:
            for piece in content(path, packing, f"{dump.name}/{path.name}"):
                tail = (tail + piece)[-TAIL:]
            return tail
        with path.open("rb") as file:
            file.seek(max(0, path.stat().st_size - TAIL))
            return file.read(TAIL)

    return read


def _members(dump: Dump) -> dict[str, Part]:
    with tarfile.open(dump.path, "r:") as archive:
        return {one.name: Part(one.size, _tail_within(dump.path, one)) for one in archive}


def _tail_within(path: Path, member: tarfile.TarInfo) -> Callable[[], bytes]:
    def read() -> bytes:
        length = min(TAIL, member.size)
        with path.open("rb") as file:
            file.seek(member.offset_data + member.size - length)
            return file.read(length)

    return read


def _missing(dump: Dump, entry: Entry, parts: dict[str, Part]) -> Iterator[Finding]:
    stems = [f"{entry.number}.dat"]
    if entry.kind == "BLOBS":
        stems = [f"blobs_{entry.number}.toc", "blobs.toc"]
    if not any(f"{stem}{ending}" in parts for stem in stems for ending in ENDINGS):
        message = f"is missing; it holds {entry.kind} {entry.name}"
        yield fault("dump_part_missing", f"{dump.name}/{stems[0]}", message, WHY, REPAIR)


def _broken(dump: Dump, name: str, part: Part, wanted: dict[int, Entry]) -> Iterator[Finding]:
    place = f"{dump.name}/{name}"
    stem = name.partition(".")[0]
    entry = wanted.get(int(stem)) if stem.isdecimal() else None
    holds = f"; it holds {entry.kind} {entry.name}" if entry else ""
    if entry is not None and not part.size:
        yield fault("dump_empty", place, f"is empty: 0 bytes{holds}", WHY, REPAIR)
        return
    if part.tail is None or (entry is None and not name.endswith(".gz")):
        return
    try:
        tail = part.tail()
    except BrokenDump as broken:
        one = broken.finding
        yield fault(one.check, place, f"{one.message}{holds}", WHY, REPAIR)
        return
    if entry is not None and tail != NO_ROWS and not tail.endswith(ROWS_END):
        yield fault("dump_cut_off", place, f"ends in the middle of its rows{holds}", WHY, REPAIR)
