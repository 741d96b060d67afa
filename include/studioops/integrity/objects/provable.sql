-- SQLite. Objects of one entry and the SHA-256 that rows claim, at random, so that run after run
-- every one has its turn.
SELECT key, sha256 FROM (
    SELECT DISTINCT n.key, n.sha256 FROM names AS n JOIN objects AS o ON o.key = n.key
    WHERE n.entry = ? AND n.sha256 IS NOT NULL
)
ORDER BY random() LIMIT ?
