-- Self references with NO ACTION or RESTRICT, where the columns may be NULL: a tree in which nobody
-- has said what becomes of the branches. NOT NULL ones can't be set free and are left alone.
SELECT
    quote_ident(n.nspname) || '.' || quote_ident(c.relname) AS child,
    quote_ident(k.conname) AS name,
    quote_ident(left(k.conname, 55) || '_setnull') AS new_name,
    -- Only what stands at the end, whatever the names before it hold.
    regexp_replace(
        pg_get_constraintdef(k.oid), '(?: ON DELETE RESTRICT)?(?: NOT ENFORCED)?(?: NOT VALID)?$', ''
    ) || ' ON DELETE SET NULL' AS definition,
    CASE k.confdeltype WHEN 'a' THEN 'NO ACTION' ELSE 'RESTRICT' END AS action,
    (SELECT string_agg(quote_ident(a.attname), ', ' ORDER BY a.attnum) FROM pg_attribute AS a
     WHERE a.attrelid = k.conrelid AND a.attnum = ANY (k.conkey)) AS columns
FROM pg_constraint AS k
JOIN pg_class AS c ON c.oid = k.conrelid
JOIN pg_namespace AS n ON n.oid = c.relnamespace
WHERE k.contype = 'f' AND k.conrelid = k.confrelid AND k.confdeltype IN ('a', 'r')
  AND k.conparentid = 0 AND NOT k.condeferrable AND c.relkind = 'r'
  AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
  AND NOT EXISTS (
      SELECT FROM pg_attribute AS a
      WHERE a.attrelid = k.conrelid AND a.attnum = ANY (k.conkey) AND a.attnotnull
  )
ORDER BY child, name
