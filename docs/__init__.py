"""The documentation's own programs."""
