SELECT
    quote_ident(n.nspname) || '.' || quote_ident(c.conname) AS name,
    json_strip_nulls(json_build_object(
        'owner', c.conowner::regrole::text,
        'from', pg_encoding_to_char(c.conforencoding),
        'to', pg_encoding_to_char(c.contoencoding),
        'function', c.conproc::regprocedure::text,
        'default', c.condefault
    ))::text AS definition
FROM pg_conversion AS c
JOIN pg_namespace AS n ON n.oid = c.connamespace
WHERE n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
  AND NOT EXISTS (
      SELECT FROM pg_depend AS d
      WHERE d.classid = 'pg_conversion'::regclass AND d.objid = c.oid AND d.deptype = 'e'
  )
