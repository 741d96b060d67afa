-- A partition's copy of its parent's trigger comes with it, unless one of them is disabled.
SELECT
    c.oid::regclass::text || '.' || quote_ident(t.tgname) AS name,
    json_strip_nulls(json_build_object(
        'definition', pg_get_triggerdef(t.oid),
        'enabled', t.tgenabled
    ))::text AS definition
FROM pg_trigger AS t
JOIN pg_class AS c ON c.oid = t.tgrelid
JOIN pg_namespace AS n ON n.oid = c.relnamespace
LEFT JOIN pg_trigger AS p ON p.oid = t.tgparentid
WHERE (NOT t.tgisinternal OR t.tgparentid <> 0) AND t.tgconstrrelid IS NOT NULL
  AND (t.tgparentid = 0 OR t.tgenabled <> p.tgenabled)
  AND NOT (t.tgisinternal AND EXISTS (
      SELECT FROM pg_constraint AS k WHERE k.oid = t.tgconstraint AND k.contype = 'f'
  ))
  AND c.relpersistence <> 't'
  AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
  AND NOT EXISTS (
      SELECT FROM pg_depend AS d
      WHERE d.classid = 'pg_trigger'::regclass AND d.objid = t.oid AND d.deptype = 'e'
  )
  AND NOT EXISTS (
      SELECT FROM pg_depend AS d
      WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'e'
  )
