"""Preflight: what a migration needs, there and back, looked at before anything is changed."""

from studioops.migrations.preflight.looking import look

__all__ = ["look"]
