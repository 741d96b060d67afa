"""The objects that documents.path names, in the documents bucket."""

from __future__ import annotations

from collections.abc import Iterator

from studioops.local.studioops_legacy.identity import row_id
from studioops.local.studioops_legacy.words import ANSWERS, PROJECTS, QUESTIONS

DOCUMENTS = 8


def document_path(number: int) -> str:
    """The object that a row of documents names.

    Args:
        number: of the row, from 0.
    """
    return f"projects/{row_id('projects', number)}/{row_id('documents', number)}.txt"


def legacy_objects() -> Iterator[tuple[str, bytes]]:
    """Every object's key and content."""
    for number in range(DOCUMENTS):
        name, client = PROJECTS[number]
        lines = [f"{name}, for {client}", ""]
        lines += [f"{one} {two}" for one, two in zip(QUESTIONS, ANSWERS, strict=True)]
        yield document_path(number), "\n".join(lines).encode()
