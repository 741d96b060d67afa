SELECT
    k.conname AS name,
    n.nspname AS schema,
    c.relname AS child,
    a.attname AS column,
    p.relname AS parent,
    f.attname AS key
FROM pg_constraint AS k
JOIN pg_class AS c ON c.oid = k.conrelid
JOIN pg_namespace AS n ON n.oid = c.relnamespace
JOIN pg_class AS p ON p.oid = k.confrelid
JOIN pg_attribute AS a ON a.attrelid = k.conrelid AND a.attnum = k.conkey[1]
JOIN pg_attribute AS f ON f.attrelid = k.confrelid AND f.attnum = k.confkey[1]
WHERE k.contype = 'f'
ORDER BY c.relname, a.attnum
