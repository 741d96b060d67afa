SELECT
    quote_ident(n.nspname) || '.' || quote_ident(c.cfgname) AS name,
    json_strip_nulls(json_build_object(
        'owner', c.cfgowner::regrole::text,
        'parser', (SELECT quote_ident(p.prsname) FROM pg_ts_parser AS p WHERE p.oid = c.cfgparser),
        'mappings', (
            SELECT json_agg(
                concat_ws(' ', m.maptokentype, m.mapdict::regdictionary::text)
                ORDER BY m.maptokentype, m.mapseqno
            )
            FROM pg_ts_config_map AS m WHERE m.mapcfg = c.oid
        )
    ))::text AS definition
FROM pg_ts_config AS c
JOIN pg_namespace AS n ON n.oid = c.cfgnamespace
WHERE n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
  AND NOT EXISTS (
      SELECT FROM pg_depend AS d
      WHERE d.classid = 'pg_ts_config'::regclass AND d.objid = c.oid AND d.deptype = 'e'
  )
