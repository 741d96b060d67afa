-- From which table a key that is not deferrable leads to which other one; the oldest key of each pair.
-- Deferrable keys open a circle, and a table's reference to itself is no circle of tables.
SELECT DISTINCT ON (k.conrelid, k.confrelid)
    quote_ident(cn.nspname) || '.' || quote_ident(c.relname) AS child,
    quote_ident(pn.nspname) || '.' || quote_ident(p.relname) AS parent,
    quote_ident(k.conname) AS name
FROM pg_constraint AS k
JOIN pg_class AS c ON c.oid = k.conrelid
JOIN pg_namespace AS cn ON cn.oid = c.relnamespace
JOIN pg_class AS p ON p.oid = k.confrelid
JOIN pg_namespace AS pn ON pn.oid = p.relnamespace
WHERE k.contype = 'f' AND k.conparentid = 0 AND NOT k.condeferrable AND k.conrelid <> k.confrelid
  AND cn.nspname !~ '^pg_' AND cn.nspname <> 'information_schema'
ORDER BY k.conrelid, k.confrelid, k.oid
