-- SQLite. Objects of a copy whose file is not in the vault (then size is NULL), or of another size.
SELECT k.line, s.size FROM kept AS k
LEFT JOIN stored AS s ON s.name = k.stored
WHERE s.size IS NULL OR s.size <> k.stored_size
ORDER BY k.key
