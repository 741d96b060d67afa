"""Whether a restored copy is sound: what restores hide, each a proof in a file of its own."""
