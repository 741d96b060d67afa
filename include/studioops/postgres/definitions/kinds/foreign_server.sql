-- Any option may hold a secret: of those that are not known to be harmless, a short hash.
SELECT
    quote_ident(s.srvname) AS name,
    json_strip_nulls(json_build_object(
        'owner', s.srvowner::regrole::text,
        'wrapper', (
            SELECT quote_ident(w.fdwname) FROM pg_foreign_data_wrapper AS w WHERE w.oid = s.srvfdw
        ),
        'type', s.srvtype,
        'version', s.srvversion,
        'options', ARRAY(
            SELECT o.option_name || '=' || CASE
                WHEN o.option_name IN (
                    'host', 'port', 'dbname', 'schema_name', 'table_name', 'column_name',
                    'filename', 'format', 'header', 'delimiter', 'updatable', 'fetch_size'
                ) THEN o.option_value
                ELSE 'hash ' || to_hex(hashtextextended(o.option_value, 0) & 4294967295)
            END
            FROM pg_options_to_table(s.srvoptions) AS o ORDER BY o.option_name
        )
    ))::text AS definition
FROM pg_foreign_server AS s
WHERE NOT EXISTS (
      SELECT FROM pg_depend AS d
      WHERE d.classid = 'pg_foreign_server'::regclass AND d.objid = s.oid AND d.deptype = 'e'
  )
