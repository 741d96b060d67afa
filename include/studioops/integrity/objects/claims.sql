-- SQLite. Of the objects that one entry names: how many are claimed to have a SHA-256 (each once for
-- every other one that is claimed), and how many rows claim none.
SELECT
    (SELECT count(*) FROM (
        SELECT DISTINCT n.key, n.sha256 FROM names AS n JOIN objects AS o ON o.key = n.key
        WHERE n.entry = :entry AND n.sha256 IS NOT NULL
    )),
    (SELECT count(*) FROM names AS n JOIN objects AS o ON o.key = n.key
        WHERE n.entry = :entry AND n.sha256 IS NULL)
