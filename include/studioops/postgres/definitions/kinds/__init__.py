"""One file a kind: each returns ``name`` and ``definition`` of everything of that kind."""
