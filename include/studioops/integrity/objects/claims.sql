-- SQLite. Of the names of one entry that have an object: how many claim a SHA-256, how many none.
SELECT sum(n.sha256 IS NOT NULL), sum(n.sha256 IS NULL)
FROM names AS n JOIN objects AS o ON o.key = n.key
WHERE n.entry = ?
