-- SQLite. Objects of the bucket that no file in the vault stands for yet.
SELECT key FROM listed AS l
WHERE NOT EXISTS (SELECT 1 FROM kept AS k WHERE k.key = l.key)
ORDER BY key
