SELECT
    c.oid::regclass::text AS name,
    json_strip_nulls(json_build_object(
        'definition', pg_get_viewdef(c.oid),
        'owner', c.relowner::regrole::text,
        'options', (SELECT json_agg(o ORDER BY o) FROM unnest(c.reloptions) AS o),
        'populated', c.relispopulated,
        'persistence', c.relpersistence,
        'access method', (SELECT a.amname FROM pg_am AS a WHERE a.oid = c.relam)
    ))::text AS definition
FROM pg_class AS c
JOIN pg_namespace AS n ON n.oid = c.relnamespace
WHERE c.relkind = 'm' AND c.relpersistence <> 't'
  AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
  AND NOT EXISTS (
      SELECT FROM pg_depend AS d
      WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'e'
  )
