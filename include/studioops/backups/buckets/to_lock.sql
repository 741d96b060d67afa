-- SQLite. Objects of a copy whose lock ends too early, or that none is known of, after a key.
SELECT line FROM kept
WHERE locked_until < :until AND key > :last
ORDER BY key LIMIT :batch
