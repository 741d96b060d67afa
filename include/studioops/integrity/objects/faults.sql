-- SQLite. Suspects of one entry that the second look found wrong again: a name that a row has and
-- no object, or an object that no row names.
SELECT key FROM suspects
WHERE entry = :entry AND named = (:entry >= 0) AND found = (:entry < 0)
ORDER BY key
