-- A partitioned table's index is invalid as long as a partition lacks it, and dumped all the same.
SELECT
    c.oid::regclass::text AS name,
    json_strip_nulls(json_build_object(
        'definition', pg_get_indexdef(c.oid),
        'valid', i.indisvalid,
        'clustered', i.indisclustered,
        'replica identity', i.indisreplident,
        'attached to', (
            SELECT h.inhparent::regclass::text FROM pg_inherits AS h WHERE h.inhrelid = c.oid
        ),
        'statistics', (
            SELECT json_agg(json_build_array(a.attnum, a.attstattarget) ORDER BY a.attnum)
            FROM pg_attribute AS a WHERE a.attrelid = c.oid AND a.attstattarget >= 0
        )
    ))::text AS definition
FROM pg_index AS i
JOIN pg_class AS c ON c.oid = i.indexrelid
JOIN pg_class AS t ON t.oid = i.indrelid
JOIN pg_namespace AS n ON n.oid = c.relnamespace
WHERE (i.indisvalid OR c.relkind = 'I')
  AND c.relpersistence <> 't'
  AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
  AND NOT EXISTS (
      SELECT FROM pg_depend AS d
      WHERE d.classid = 'pg_class'::regclass AND d.objid = t.oid AND d.deptype = 'e'
  )
