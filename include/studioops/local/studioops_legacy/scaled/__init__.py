"""Further rows for the legacy database, whole ones: the size that a bench asks for.

The server makes them, a slice at a time, each from its number alone, so that every load of one
scale is the same to the byte. What a table gets follows what a studio writes: much chat, many
chunks of documents, few vendors. Parents come first, and nothing here refers to what was found.
"""

from studioops.local.studioops_legacy.scaled.insert import Progress, insert_scaled, set_sequences
from studioops.local.studioops_legacy.scaled.shares import MOST, shares

__all__ = ["MOST", "Progress", "insert_scaled", "set_sequences", "shares"]
