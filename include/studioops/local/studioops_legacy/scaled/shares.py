"""How many of the further rows each table gets."""

from __future__ import annotations

from collections.abc import Mapping

from studioops.errors import UsageError

MOST = 1_000_000_000
# What others refer to gets a row each before the rest is shared out, so that every row has parents.
PARENTS = ("projects", "vendors", "materials", "plans", "documents", "chat_sessions")
# Of a thousand rows; parents before their children.
OF_A_THOUSAND: Mapping[str, int] = {
    "projects": 2,
    "vendors": 1,
    "materials": 1,
    "plans": 4,
    "plan_items": 60,
    "vendor_prices": 70,
    "purchases": 40,
    "documents": 20,
    "doc_chunks": 200,
    "extracted_items": 100,
    "generated_documents": 6,
    "ingest_events": 80,
    "project_knowledge": 10,
    "chat_sessions": 20,
    "chat_messages": 380,
    "vendor_aliases": 2,
    "material_aliases": 2,
    "rag_documents": 1,
    "plan_notes": 1,
}


def shares(scale: int) -> dict[str, int]:
    """The further rows of each table, exactly so many in all.

    Args:
        scale: how many in all.

    Raises:
        UsageError: nobody could want so many, or fewer than none.
    """
    if not 0 <= scale <= MOST:
        raise UsageError(f"{scale} further rows can't be made", f"ask for 0 to {MOST:,}")
    first, rest = PARENTS[:scale], max(0, scale - len(PARENTS))
    whole = {
        table: rest * weight // 1000 + (table in first) for table, weight in OF_A_THOUSAND.items()
    }
    # What rounding left over: to those who lost most by it.
    lost = sorted(OF_A_THOUSAND, key=lambda table: -(rest * OF_A_THOUSAND[table] % 1000))
    for table in lost[: scale - sum(whole.values())]:
        whole[table] += 1
    return whole
