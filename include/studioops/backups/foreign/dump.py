"""Which kind of dump a file or directory is, by what it holds and never by its name."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from pathlib import Path

from studioops.backups.foreign.broken import BrokenDump
from studioops.backups.foreign.head import LENGTH, MAGIC, Head, read_head
from studioops.backups.foreign.packing import beginning, packing_of
from studioops.errors import UsageError

SCRIPT_START = 64 << 10
DIRECTORY_MAGIC = ("toc.glo", "global.dat", "map.dat")
MARK = "-- PostgreSQL database dump"
CLUSTER_MARK = "-- PostgreSQL database cluster dump"
VERSIONS = re.compile(r"^-- Dumped (from database|by pg_dump) version (.+?)\s*$", re.MULTILINE)
CREATED = re.compile(r'^CREATE DATABASE (?:"((?:[^"]|"")+)"|(\S+)) ', re.MULTILINE)
TAKEN = re.compile(r"^-- Started on (.+?)\s*$", re.MULTILINE)
USTAR = slice(257, 262)
GIVE = "give a file or directory that pg_dump wrote"
ONE_DATABASE = (
    "give the dump of one database (`pg_dump DATABASE`); what pg_dumpall writes is for a whole "
    "server, its roles and every database by name"
)


@dataclass(frozen=True, slots=True)
class Dump:
    """A dump that is known for what it is.

    Args:
        name: as it was given.
        path: where it lies now.
        head: what it says of itself.
        packing: how the file as a whole is compressed; empty where it is not.
        size: bytes, as it lies.
    """

    name: str
    path: Path
    head: Head
    packing: str
    size: int


def recognise(path: Path, name: str) -> Dump:
    """Tell a dump by its content.

    Args:
        path: where it lies.
        name: as it was given, to be shown.

    Raises:
        UsageError: it is no dump of one database.
        BrokenDump: it was one.
    """
    if path.is_dir():
        return _directory(path, name)
    size = path.stat().st_size
    if not size:
        raise BrokenDump("dump_empty", name, "is empty: 0 bytes")
    with path.open("rb") as file:
        packing = packing_of(file.read(16), name)
    start = beginning(path, packing, SCRIPT_START)
    if not start:
        said = f"holds nothing once its {packing} is undone"
        raise BrokenDump("dump_empty", name, said)
    return Dump(name, path, _head(start, name), packing, size)


def _directory(path: Path, name: str) -> Dump:
    there = {one.name for one in path.iterdir()}
    if there.intersection(DIRECTORY_MAGIC):
        raise UsageError(f"{name} holds the dumps of a whole server", ONE_DATABASE)
    toc = next((one for one in ("toc.dat", "toc.dat.gz") if one in there), None)
    if toc is None:
        parts = [one for one in there if re.match(r"(\d+|blobs?_?\d*)\.(dat|toc)", one)]
        if parts:
            raise BrokenDump(
                "dump_part_missing", f"{name}/toc.dat", "is missing: nothing tells what is in it"
            )
        raise UsageError(f"{name} is a directory without pg_dump's toc.dat", GIVE)
    size = sum(one.stat().st_size for one in path.iterdir() if one.is_file())
    packing = "gzip" if toc.endswith(".gz") else ""
    start = beginning(path / toc, packing, LENGTH)
    if not start:
        raise BrokenDump("dump_empty", f"{name}/{toc}", "is empty")
    return Dump(name, path, replace(_archive(start, f"{name}/{toc}"), form="directory"), "", size)


def _head(start: bytes, name: str) -> Head:
    if start.startswith(MAGIC):
        head = _archive(start, name)
        if head.form != "custom":
            raise UsageError(
                f"{name} is the table of contents of a dump in several files",
                "give the whole dump: its directory, or the tar file",
            )
        return head
    if start[USTAR] == b"ustar":
        return _tar(start, name)
    return _script(start, name)


def _archive(start: bytes, name: str) -> Head:
    try:
        head = read_head(start[:LENGTH])
    except ValueError:
        raise UsageError(
            f"{name} is no archive of PostgreSQL 10 or newer", f"{GIVE} (10 or newer)"
        ) from None
    if head is None:
        raise BrokenDump("dump_cut_off", name, "ends within its head")
    return head


def _tar(start: bytes, name: str) -> Head:
    first = start[:100].rstrip(b"\0").decode("utf-8", "replace")
    inner = start[512:]
    if not inner.startswith(MAGIC) or first != "toc.dat":
        raise UsageError(
            f"{name} is a tar file, but not pg_dump's own: it begins with {first[:60]!r}",
            "unpack it (`tar -xf`), then give the dump that is in it",
        )
    return replace(_archive(inner, name), form="tar")


def _script(start: bytes, name: str) -> Head:
    text = _text(start, name)
    if CLUSTER_MARK in text:
        raise UsageError(f"{name} is what pg_dumpall wrote", ONE_DATABASE)
    if MARK not in text:
        raise UsageError(f"{name} is no dump: nothing in its head is pg_dump's", GIVE)
    said = dict(VERSIONS.findall(text))
    created, taken = CREATED.search(text), TAKEN.search(text)
    database = (created[1] or created[2]).replace('""', '"') if created else ""
    return Head(
        server=said.get("from database", ""),
        tool=said.get("by pg_dump", ""),
        database=database,
        taken_at=taken[1] if taken else "",
    )


def _text(start: bytes, name: str) -> str:
    for encoding in ("utf-16-le", "utf-16-be"):
        text = start.decode(encoding, "replace")
        if MARK in text[:2000]:
            raise BrokenDump(
                "dump_reencoded",
                name,
                "was written as UTF-16, which psql cannot read",
                "let pg_dump write the file itself (--file), not a shell's redirection",
            )
    return start.decode("utf-8", "replace")
