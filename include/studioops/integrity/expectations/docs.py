"""Data Docs that need nobody: no script, nothing fetched from other hosts, small enough to keep."""

from __future__ import annotations

import mimetypes
import shutil
from importlib.resources import files
from pathlib import Path

from markupsafe import Markup

from studioops.integrity.expectations.plain import plain_html
from studioops.objectstore import ObjectStore

INDEX = "index.html"
FRAME = Markup(
    '<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8"><title>{title}</title>\n'
    "<style>\n{style}</style></head>\n<body>{content}</body></html>\n"
)


def make_whole(docs: Path) -> None:
    """Make pages stand by themselves, whatever the values of rows in them hold.

    Great Expectations' own pages load their looks and their scripts from half a dozen hosts, and
    their index is a table that only a script fills.

    Args:
        docs: the directory that they were built in.
    """
    shutil.rmtree(docs / "static", ignore_errors=True)
    pages = sorted(page for page in docs.rglob("*.html") if page.name != INDEX)
    for page in pages:
        _write(page, page.stem, plain_html(page.read_text(encoding="utf-8")))
    links = [page.relative_to(docs).as_posix() for page in pages]
    entry = Markup('<li><a href="{link}">{link}</a></li>\n')
    _write(docs / INDEX, "Data Docs", Markup("").join(entry.format(link=link) for link in links))


def _write(page: Path, title: str, content: Markup) -> None:
    style = files(__package__).joinpath("data_docs.css").read_text(encoding="utf-8")
    whole = FRAME.format(title=title, style=Markup(style), content=content)  # noqa: S704 - it is ours
    page.write_text(whole, encoding="utf-8")


def publish_docs(store: ObjectStore, bucket: str, prefix: str, directory: Path) -> str:
    """Put Data Docs into the object store.

    Args:
        store: where to.
        bucket: its name.
        prefix: the folder, without a slash at its end.
        directory: that they were built in.

    Returns:
        the key of the page to begin with.

    Raises:
        ObjectStoreError: they could not be stored.
    """
    pages = sorted(path for path in directory.rglob("*") if path.is_file())
    # The page that links the others comes last: whoever finds it finds them.
    pages.sort(key=lambda path: path.name == INDEX)
    for page in pages:
        key = f"{prefix}/{page.relative_to(directory).as_posix()}"
        kind = mimetypes.guess_type(page.name)[0] or "application/octet-stream"
        store.put(bucket, key, page.read_bytes(), content_type=kind)
    return f"{prefix}/{INDEX}"
