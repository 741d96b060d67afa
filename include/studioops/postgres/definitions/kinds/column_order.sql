-- Numbers of columns have gaps where one was dropped; a copy has none.
SELECT
    quote_ident(n.nspname) || '.' || quote_ident(c.relname) AS name,
    coalesce(string_agg(quote_ident(a.attname), ', ' ORDER BY a.attnum), '') AS definition
FROM pg_class AS c
JOIN pg_namespace AS n ON n.oid = c.relnamespace
LEFT JOIN pg_attribute AS a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
WHERE c.relkind IN ('r', 'p', 'f') AND c.relpersistence <> 't'
  AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
  AND NOT EXISTS (
      SELECT FROM pg_depend AS d
      WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'e'
  )
GROUP BY 1
