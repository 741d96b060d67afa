"""Dumps that other tools made, proven without a manifest."""
