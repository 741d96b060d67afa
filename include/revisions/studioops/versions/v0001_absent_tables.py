"""The tables that the legacy database lacks: users and what hangs on them, and memories."""

from __future__ import annotations

from alembic import op

revision = "0001"
down_revision = None

USERS = """
CREATE TABLE public.users (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    email text NOT NULL,
    full_name text NOT NULL,
    hashed_password text NOT NULL,
    is_active boolean DEFAULT true,
    is_superuser boolean DEFAULT false,
    created_at timestamptz DEFAULT now(),
    updated_at timestamptz DEFAULT now()
)
"""
USER_SESSIONS = """
CREATE TABLE public.user_sessions (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    user_id uuid NOT NULL REFERENCES public.users ON DELETE CASCADE ON UPDATE CASCADE,
    refresh_token_hash text NOT NULL,
    expires_at timestamptz NOT NULL,
    created_at timestamptz DEFAULT now(),
    last_used_at timestamptz DEFAULT now()
)
"""
API_KEYS = """
CREATE TABLE public.api_keys (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    user_id uuid NOT NULL REFERENCES public.users ON DELETE CASCADE ON UPDATE CASCADE,
    name text NOT NULL,
    key_hash text NOT NULL,
    expires_at timestamptz,
    is_active boolean DEFAULT true,
    created_at timestamptz DEFAULT now(),
    last_used_at timestamptz
)
"""
PROJECT_PERMISSIONS = """
CREATE TABLE public.project_permissions (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    user_id uuid NOT NULL REFERENCES public.users ON DELETE CASCADE ON UPDATE CASCADE,
    project_id uuid NOT NULL REFERENCES public.projects ON DELETE CASCADE ON UPDATE CASCADE,
    can_view boolean DEFAULT true,
    can_edit boolean DEFAULT false,
    can_delete boolean DEFAULT false,
    can_manage_users boolean DEFAULT false,
    created_at timestamptz DEFAULT now(),
    updated_at timestamptz DEFAULT now()
)
"""
MEMORIES = """
CREATE TABLE public.memories (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    project_id uuid REFERENCES public.projects ON DELETE SET NULL ON UPDATE CASCADE,
    scope_keys jsonb,
    text text,
    source_ref text,
    created_at timestamptz DEFAULT now(),
    embedding real[]
)
"""
TABLES = {
    "users": USERS,
    "user_sessions": USER_SESSIONS,
    "api_keys": API_KEYS,
    "project_permissions": PROJECT_PERMISSIONS,
    "memories": MEMORIES,
}
REFERENCES = (
    ("user_sessions", "user_id"),
    ("api_keys", "user_id"),
    ("project_permissions", "user_id"),
    ("project_permissions", "project_id"),
    ("memories", "project_id"),
)
# Whoever runs this, the application's role reads and writes what it owns, as the tables beside.
SAME_OWNER = """
DO $owner$
DECLARE
    owner name := (
        SELECT pg_catalog.pg_get_userbyid(relowner)
        FROM pg_catalog.pg_class WHERE oid = 'public.projects'::pg_catalog.regclass
    );
    one text;
BEGIN
    FOREACH one IN ARRAY ARRAY['{tables}', 'alembic_version'] LOOP
        EXECUTE pg_catalog.format('ALTER TABLE public.%I OWNER TO %I', one, owner);
    END LOOP;
END
$owner$
"""


def upgrade() -> None:
    """Forth."""
    for statement in TABLES.values():
        op.execute(statement)
    for table, column in REFERENCES:
        op.execute(f"CREATE INDEX idx_{table}_{column} ON public.{table} ({column})")
    op.execute(SAME_OWNER.format(tables="', '".join(TABLES)))


def downgrade() -> None:
    """And back."""
    for table in reversed(TABLES):
        op.execute(f"DROP TABLE public.{table}")
