-- B-trees over an array, jsonb or tsvector: what is asked of these is what they contain (@>, ANY,
-- @@), and GIN answers that. Unique ones and those of constraints promise something and stay.
-- Partitions are told of at the root.
SELECT
    c.oid::regclass::text AS index,
    i.indrelid::regclass::text AS "table",
    quote_ident(a.attname) AS column,
    format_type(a.atttypid, a.atttypmod) AS type,
    c.relkind = 'I' AS partitioned,
    pg_get_expr(i.indpred, i.indrelid) AS condition
FROM pg_index AS i
JOIN pg_class AS c ON c.oid = i.indexrelid
JOIN pg_namespace AS n ON n.oid = c.relnamespace
JOIN pg_am AS am ON am.oid = c.relam AND am.amname = 'btree'
JOIN pg_attribute AS a ON a.attrelid = i.indrelid AND a.attnum = i.indkey[0]
JOIN pg_type AS ty ON ty.oid = a.atttypid
WHERE i.indisvalid AND i.indnkeyatts = 1 AND NOT i.indisunique AND NOT i.indisexclusion
  AND (ty.typcategory = 'A'
       OR coalesce(nullif(ty.typbasetype, 0), ty.oid) IN ('jsonb'::regtype, 'tsvector'::regtype))
  AND NOT c.relispartition AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
  -- What an extension made is its own.
  AND i.indrelid NOT IN (
      SELECT d.objid FROM pg_depend AS d
      WHERE d.classid = 'pg_class'::regclass AND d.deptype = 'e')
ORDER BY 1
