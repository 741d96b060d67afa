-- SQLite. Names that no object has, each once.
INSERT OR IGNORE INTO suspects (entry, key)
SELECT n.entry, n.key FROM names AS n
WHERE NOT EXISTS (SELECT 1 FROM objects AS o WHERE o.key = n.key)
