"""Alembic's home for the ledger: its environment and its revisions."""
