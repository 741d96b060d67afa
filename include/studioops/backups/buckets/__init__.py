"""Buckets copied beside the database: each object once, encrypted, listed by a manifest."""
