"""Backups that are proven: taken, drilled, kept, recovered from."""
