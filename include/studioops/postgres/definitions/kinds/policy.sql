SELECT
    c.oid::regclass::text || '.' || quote_ident(p.polname) AS name,
    json_strip_nulls(json_build_object(
        'command', p.polcmd,
        'permissive', p.polpermissive,
        'roles', ARRAY(
            SELECT CASE WHEN r = 0 THEN 'PUBLIC' ELSE r::regrole::text END
            FROM unnest(p.polroles) AS r ORDER BY 1
        ),
        'using', pg_get_expr(p.polqual, p.polrelid),
        'check', pg_get_expr(p.polwithcheck, p.polrelid)
    ))::text AS definition
FROM pg_policy AS p
JOIN pg_class AS c ON c.oid = p.polrelid
JOIN pg_namespace AS n ON n.oid = c.relnamespace
WHERE n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
  AND NOT EXISTS (
      SELECT FROM pg_depend AS d
      WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'e'
  )
