-- SQLite. Objects of a copy whose file is there, in an order of chance that a seed repeats.
SELECT k.line FROM kept AS k
JOIN stored AS s ON s.name = k.stored AND s.size = k.stored_size
ORDER BY shuffled(k.key) LIMIT :sample
