"""Data Docs that need nobody: no script, nothing fetched from other hosts, small enough to keep."""

from __future__ import annotations

import mimetypes
import re
import shutil
from importlib.resources import files
from pathlib import Path

from studioops.objectstore import ObjectStore

# Great Expectations' pages load their looks and their scripts from half a dozen hosts.
SCRIPTS = re.compile(r"<script\b.*?</script>", re.DOTALL | re.IGNORECASE)
FOREIGN_LINKS = re.compile(r"<link\b[^>]*>", re.IGNORECASE)
FOREIGN_IMAGES = re.compile(r"<img\b[^>]*src=['\"]https?://[^>]*>", re.IGNORECASE)
HEAD_END = re.compile(r"</head>", re.IGNORECASE)


def make_whole(docs: Path) -> None:
    """Make pages stand by themselves.

    Args:
        docs: the directory that they were built in.
    """
    style = files(__package__).joinpath("data_docs.css").read_text(encoding="utf-8")
    for page in docs.rglob("*.html"):
        text = page.read_text(encoding="utf-8")
        for pattern in (SCRIPTS, FOREIGN_LINKS, FOREIGN_IMAGES):
            text = pattern.sub("", text)
        text = HEAD_END.sub(lambda end: f"<style>\n{style}</style>\n{end[0]}", text, count=1)
        page.write_text(text, encoding="utf-8")
    shutil.rmtree(docs / "static", ignore_errors=True)


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
    pages.sort(key=lambda path: path.name == "index.html")
    for page in pages:
        key = f"{prefix}/{page.relative_to(directory).as_posix()}"
        kind = mimetypes.guess_type(page.name)[0] or "application/octet-stream"
        store.put(bucket, key, page.read_bytes(), content_type=kind)
    return f"{prefix}/index.html"
