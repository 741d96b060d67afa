"""Whether a restored copy equals its manifest."""
