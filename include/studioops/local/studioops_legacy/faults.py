"""Which references of the legacy database are broken, and how: 61 in 13 relationships.

Each entry names a column and says, by row, what stands there instead of a parent's id.
"""

from __future__ import annotations

from collections.abc import Mapping

from studioops.local.studioops_legacy.identity import lost_id, row_id

Broken = Mapping[int, str]

# The chat kept its sessions in the browser's own numbering until somebody noticed.
_CHAT: Broken = {n: f"session_{1725000000000 + n * 86_400_017}" for n in range(42)}


def _lost(parent: str, *rows: int) -> Broken:
    return {row: str(lost_id(parent, row)) for row in rows}


BROKEN: Mapping[tuple[str, str], Broken] = {
    ("chat_messages", "session_id"): _CHAT,
    ("chat_sessions", "project_id"): {**_lost("projects", 2, 5), 6: "demo-project-1"},
    ("extracted_items", "project_id"): _lost("projects", 1, 4, 9),
    ("extracted_items", "document_id"): _lost("documents", 4, 7),
    ("extracted_items", "vendor_id"): _lost("vendors", 8),
    ("extracted_items", "material_id"): _lost("materials", 10),
    ("generated_documents", "project_id"): _lost("projects", 1),
    ("project_knowledge", "project_id"): _lost("projects", 0, 3),
    ("doc_chunks", "document_id"): _lost("documents", 5, 6),
    ("ingest_events", "document_id"): _lost("documents", 5),
    ("vendor_aliases", "vendor_id"): _lost("vendors", 3),
    ("material_aliases", "material_id"): {2: "cement-32"},
    # Behind a constraint that claims to be valid: written while its triggers were off.
    ("plan_items", "vendor_id"): _lost("vendors", 11),
}

# Spelt in upper case by an import; the project exists, and a repair must leave the link alone.
UPPER_CASE = ("chat_sessions", "project_id", 3)


def reference(table: str, column: str, row: int, parent: str, number: int) -> str:
    """What stands in a reference.

    Args:
        table: the referring one.
        column: the referring one.
        row: of the referring table, from 0.
        parent: the table referred to.
        number: of the row that it would refer to if it were whole.
    """
    broken = BROKEN.get((table, column), {})
    whole = str(row_id(parent, number))
    if (table, column, row) == UPPER_CASE:
        whole = whole.upper()
    return broken.get(row, whole)
