-- Indexes that no query may rely on, and triggers of constraints that do not fire. A partitioned
-- index without a part on every partition is not valid either.
SELECT
    'index' AS kind,
    quote_ident(n.nspname) || '.' || quote_ident(c.relname) AS name,
    quote_ident(tn.nspname) || '.' || quote_ident(t.relname) AS "table",
    NULL AS "constraint",
    CASE WHEN NOT i.indisready THEN 'not ready' ELSE 'not valid' END AS state
FROM pg_index AS i
JOIN pg_class AS c ON c.oid = i.indexrelid
JOIN pg_namespace AS n ON n.oid = c.relnamespace
JOIN pg_class AS t ON t.oid = i.indrelid
JOIN pg_namespace AS tn ON tn.oid = t.relnamespace
WHERE NOT (i.indisvalid AND i.indisready AND i.indislive)
  AND n.nspname NOT IN ('pg_catalog', 'information_schema')
UNION ALL
SELECT
    'trigger',
    quote_ident(n.nspname) || '.' || quote_ident(c.relname),
    quote_ident(n.nspname) || '.' || quote_ident(c.relname),
    string_agg(DISTINCT quote_ident(k.conname), ', '),
    'disabled'
FROM pg_trigger AS g
JOIN pg_constraint AS k ON k.oid = g.tgconstraint
JOIN pg_class AS c ON c.oid = g.tgrelid
JOIN pg_namespace AS n ON n.oid = c.relnamespace
WHERE g.tgisinternal AND g.tgenabled IN ('D', 'R')
GROUP BY n.nspname, c.relname
ORDER BY 1, 2
