"""Restoring into a scratch database, with every message read."""
