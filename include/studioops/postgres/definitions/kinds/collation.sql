SELECT
    quote_ident(n.nspname) || '.' || quote_ident(c.collname) AS name,
    json_strip_nulls(json_build_object(
        'owner', c.collowner::regrole::text,
        'provider', c.collprovider,
        'deterministic', c.collisdeterministic,
        'collate', c.collcollate,
        'ctype', c.collctype,
        'locale', coalesce(to_jsonb(c) ->> 'colllocale', to_jsonb(c) ->> 'colliculocale'),
        'rules', to_jsonb(c) ->> 'collicurules'
    ))::text AS definition
FROM pg_collation AS c
JOIN pg_namespace AS n ON n.oid = c.collnamespace
WHERE n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
  AND NOT EXISTS (
      SELECT FROM pg_depend AS d
      WHERE d.classid = 'pg_collation'::regclass AND d.objid = c.oid AND d.deptype = 'e'
  )
