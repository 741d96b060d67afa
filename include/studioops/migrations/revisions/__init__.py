"""The user's own Alembic history: read, and run one revision at a time on the runner's session."""
