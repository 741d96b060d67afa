-- SQLite. Names of one entry that no object has, each once.
SELECT DISTINCT n.key FROM names AS n
WHERE n.entry = ? AND NOT EXISTS (SELECT 1 FROM objects AS o WHERE o.key = n.key)
ORDER BY n.key
