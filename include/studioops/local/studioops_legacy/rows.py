"""The rows of the legacy database: the same ones each time, table by table, parents first."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from datetime import timedelta
from decimal import Decimal
from typing import Any

from studioops.local.studioops_legacy.documents import document_path
from studioops.local.studioops_legacy.faults import reference
from studioops.local.studioops_legacy.identity import before, row_id
from studioops.local.studioops_legacy.stamps import stamped
from studioops.local.studioops_legacy.words import (
    ANSWERS,
    MATERIALS,
    PROJECTS,
    QUESTIONS,
    VENDORS,
)

Row = Mapping[str, Any]
# The last session belongs to no project, and the last note to no version of a plan.
WITH_PROJECT = 7
WHOLE_NOTES = 2
STATUSES = ("draft", "approved", "archived")
KNOWLEDGE = ("budget", "client", "schedule", "style", "risk")


def legacy_rows() -> Iterator[tuple[str, list[Row]]]:
    """Every table that has rows, with its rows."""
    for table, (count, make) in TABLES.items():
        yield table, [stamped(table, make(n)) for n in range(count)]


def _project(n: int) -> Row:
    name, client = PROJECTS[n % len(PROJECTS)]
    return {
        "id": row_id("projects", n),
        "name": name,
        "client_name": client,
        "status": ("active", "active", "done", "on_hold")[n % 4],
        "start_date": before(300 - 20 * n).date(),
        "due_date": before(-30 - 10 * n).date(),
        "budget_planned": Decimal(40_000 + 7_500 * n),
        "budget_actual": Decimal(31_200 + 7_900 * n),
        "created_at": before(310 - 20 * n),
    }


def _vendor(n: int) -> Row:
    name = VENDORS[n % len(VENDORS)]
    mail = f"office@{name.lower().replace(' ', '-')}.example"
    return {
        "id": row_id("vendors", n),
        "name": name,
        "contact": json.dumps({"email": mail, "phone": f"+972-3-555-{n:04d}"}),
        "rating": 1 + n % 5,
        "created_at": before(400 - n),
    }


def _material(n: int) -> Row:
    name, unit, category = MATERIALS[n % len(MATERIALS)]
    return {
        "id": row_id("materials", n),
        "name": name,
        "unit": unit,
        "category": category,
        "typical_waste_pct": Decimal(n % 12),
        "created_at": before(390 - n),
    }


def _plan(n: int) -> Row:
    return {
        "id": row_id("plans", n),
        "project_id": row_id("projects", n // 2),
        "version": 1 + n % 2,
        "status": STATUSES[n % len(STATUSES)],
        "created_at": before(120 - n),
    }


def _plan_item(n: int) -> Row:
    name, unit, category = MATERIALS[n % len(MATERIALS)]
    price = Decimal(35 + 4 * n)
    return {
        "id": row_id("plan_items", n),
        "plan_id": row_id("plans", n % 6),
        "category": category,
        "title": name,
        "quantity": Decimal(2 + n),
        "unit": unit,
        "unit_price": price,
        "vendor_id": reference("plan_items", "vendor_id", n, "vendors", n % 34),
        "subtotal": price * (2 + n),
        "created_at": before(110 - n),
    }


def _vendor_price(n: int) -> Row:
    return {
        "id": row_id("vendor_prices", n),
        "vendor_id": row_id("vendors", n),
        "material_id": row_id("materials", n * 2),
        "sku": f"SKU-{1000 + n}",
        "price_nis": Decimal(48 + 3 * n),
        "fetched_at": before(14 + n),
        "is_quote": n % 3 == 0,
    }


def _purchase(n: int) -> Row:
    price = Decimal(52 + 5 * n)
    return {
        "id": row_id("purchases", n),
        "vendor_id": row_id("vendors", n * 3),
        "material_id": row_id("materials", n * 2),
        "project_id": row_id("projects", n % 7),
        "qty": Decimal(4 + n),
        "unit_price_nis": price,
        "tax_vat_pct": Decimal(18),
        "occurred_at": before(60 - 4 * n).date(),
        "sku": f"SKU-{1000 + n}",
        "unit": MATERIALS[n * 2][1],
        "total_nis": price * (4 + n),
        "created_at": before(60 - 4 * n),
    }


def _document(n: int) -> Row:
    return {
        "id": row_id("documents", n),
        "project_id": row_id("projects", n),
        "type": ("quote", "invoice", "drawing", "contract")[n % 4],
        "path": document_path(n),
        "version": 1,
        "created_by": "dana",
        "created_at": before(90 - n),
    }


def _doc_chunk(n: int) -> Row:
    return {
        "id": str(row_id("doc_chunks", n)),
        "page": 1 + n % 3,
        "text": f"{QUESTIONS[n % len(QUESTIONS)]} {ANSWERS[n % len(ANSWERS)]}",
        "document_id": reference("doc_chunks", "document_id", n, "documents", n),
    }


def _extracted_item(n: int) -> Row:
    name, unit, _ = MATERIALS[n]
    table = "extracted_items"
    return {
        "id": str(row_id(table, n)),
        "document_id": reference(table, "document_id", n, "documents", n % 8),
        "project_id": reference(table, "project_id", n, "projects", n),
        "type": "material",
        "vendor_id": reference(table, "vendor_id", n, "vendors", n),
        "material_id": reference(table, "material_id", n, "materials", n),
        "title": name,
        "qty": Decimal(1 + n),
        "unit": unit,
        "unit_price_nis": Decimal(40 + n),
        "attrs": json.dumps({"line": n}),
        "source_ref": f"page {1 + n % 3}",
        "created_at": before(80 - n),
    }


def _generated_document(n: int) -> Row:
    table = "generated_documents"
    return {
        "id": str(row_id(table, n)),
        "project_id": reference(table, "project_id", n, "projects", n),
        "type": "proposal",
        "path_pdf": f"proposals/{n:03d}.pdf",
        "version": 1,
        "created_at": before(40 - n),
    }


def _ingest_event(n: int) -> Row:
    return {
        "document_id": reference("ingest_events", "document_id", n, "documents", n),
        "stage": ("upload", "parse", "extract")[n % 3],
        "status": "ok",
        "payload_jsonb": json.dumps({"ms": 120 + n}),
        "created_at": before(70 - n),
    }


def _project_knowledge(n: int) -> Row:
    table = "project_knowledge"
    return {
        "id": str(row_id(table, n)),
        "project_id": reference(table, "project_id", n, "projects", n),
        "category": KNOWLEDGE[n],
        "key": f"{KNOWLEDGE[n]}.note",
        "value": ANSWERS[n % len(ANSWERS)],
        "confidence": 0.5 + n / 10,
        "created_at": before(50 - n),
    }


def _chat_session(n: int) -> Row:
    table = "chat_sessions"
    project = reference(table, "project_id", n, "projects", n)
    return {
        "id": str(row_id(table, n)),
        "project_id": project if n < WITH_PROJECT else None,
        "title": QUESTIONS[n % len(QUESTIONS)],
        "context": json.dumps({"language": "en"}),
        "is_active": n % 2 == 0,
        "created_at": before(30 - n),
    }


def _chat_message(n: int) -> Row:
    table = "chat_messages"
    return {
        "id": str(row_id(table, n)),
        "session_id": reference(table, "session_id", n, "chat_sessions", n % 8),
        "message": QUESTIONS[n % len(QUESTIONS)],
        "response": ANSWERS[n % len(ANSWERS)],
        "is_user": True,
        "created_at": before(30) + timedelta(hours=n),
    }


def _vendor_alias(n: int) -> Row:
    return {
        "id": str(row_id("vendor_aliases", n)),
        "vendor_id": reference("vendor_aliases", "vendor_id", n, "vendors", n),
        "alias": VENDORS[n].upper(),
        "source_ref": f"invoice {n}",
    }


def _material_alias(n: int) -> Row:
    return {
        "id": str(row_id("material_aliases", n)),
        "material_id": reference("material_aliases", "material_id", n, "materials", n),
        "alias": MATERIALS[n][0].lower(),
        "source_ref": f"quote {n}",
    }


def _rag_document(n: int) -> Row:
    return {
        "id": str(row_id("rag_documents", n)),
        "title": QUESTIONS[n],
        "content": ANSWERS[n],
        "source": "handbook",
        "document_type": "faq",
        "embedding": json.dumps([round(0.1 * (n + k), 1) for k in range(4)]),
        "is_active": True,
        "created_at": before(200 - n),
    }


def _plan_note(n: int) -> Row:
    version = 1 + n % 2 if n < WHOLE_NOTES else None
    note = ("client called", "priced again", "no plan yet")[n]
    return {"project_id": row_id("projects", n // 2), "version": version, "note": note}


TABLES: Mapping[str, tuple[int, Callable[[int], Row]]] = {
    "projects": (14, _project),
    "vendors": (34, _vendor),
    "materials": (27, _material),
    "plans": (6, _plan),
    "plan_items": (18, _plan_item),
    "vendor_prices": (10, _vendor_price),
    "purchases": (9, _purchase),
    "documents": (8, _document),
    "doc_chunks": (7, _doc_chunk),
    "extracted_items": (12, _extracted_item),
    "generated_documents": (3, _generated_document),
    "ingest_events": (6, _ingest_event),
    "project_knowledge": (5, _project_knowledge),
    "chat_sessions": (8, _chat_session),
    "chat_messages": (58, _chat_message),
    "vendor_aliases": (4, _vendor_alias),
    "material_aliases": (4, _material_alias),
    "rag_documents": (5, _rag_document),
    "reporting.plan_notes": (3, _plan_note),
}
