"""What types are meant to be, and defaults of ids. `studioops migrate` converts what differs.

A cast and its way back would lose how a value was spelled: ids in upper case, blanks and order in
json. The plan converts these columns, keeps each spelling, and leaves what it can't give back.
"""

from __future__ import annotations

from alembic import op

revision = "0016"
down_revision = "0015"

IDS = (
    "chat_messages",
    "chat_sessions",
    "doc_chunks",
    "extracted_items",
    "generated_documents",
    "material_aliases",
    "project_knowledge",
    "rag_documents",
    "vendor_aliases",
)
JSON = (
    "chat_messages.project_context",
    "chat_messages.meta_data",
    "chat_sessions.context",
    "extracted_items.attrs",
    "generated_documents.snapshot_jsonb",
    "ingest_events.payload_jsonb",
    "project_knowledge.meta_data",
    "rag_documents.meta_data",
)
studioops_types = {
    **{f"{table}.id": "uuid" for table in IDS},
    **dict.fromkeys(JSON, "jsonb"),
    "project_knowledge.confidence": "numeric(3,2)",
}


def upgrade() -> None:
    """Forth."""
    for table in IDS:
        op.execute(f"ALTER TABLE public.{table} ALTER COLUMN id SET DEFAULT gen_random_uuid()")
    op.execute("ALTER TABLE public.project_knowledge ALTER COLUMN confidence SET DEFAULT 1.0")


def downgrade() -> None:
    """And back."""
    for table in IDS:
        op.execute(f"ALTER TABLE public.{table} ALTER COLUMN id DROP DEFAULT")
    op.execute("ALTER TABLE public.project_knowledge ALTER COLUMN confidence DROP DEFAULT")
