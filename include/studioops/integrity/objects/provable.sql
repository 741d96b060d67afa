-- SQLite. Objects of one entry, the SHA-256 that rows claim, and their size; at random, so that run
-- after run every one has its turn.
SELECT key, sha256, size FROM (
    SELECT DISTINCT n.key, n.sha256, o.size FROM names AS n JOIN objects AS o ON o.key = n.key
    WHERE n.entry = :entry AND n.sha256 IS NOT NULL
)
ORDER BY random() LIMIT :objects
