SELECT
    quote_ident(n.nspname) || '.' || quote_ident(c.dictname) AS name,
    json_strip_nulls(json_build_object(
        'owner', c.dictowner::regrole::text,
        'template', (
            SELECT quote_ident(t.tmplname) FROM pg_ts_template AS t WHERE t.oid = c.dicttemplate
        ),
        'options', c.dictinitoption
    ))::text AS definition
FROM pg_ts_dict AS c
JOIN pg_namespace AS n ON n.oid = c.dictnamespace
WHERE n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
  AND NOT EXISTS (
      SELECT FROM pg_depend AS d
      WHERE d.classid = 'pg_ts_dict'::regclass AND d.objid = c.oid AND d.deptype = 'e'
  )
