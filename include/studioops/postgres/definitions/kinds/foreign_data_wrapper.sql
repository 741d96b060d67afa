-- Any option may hold a secret: of those that are not known to be harmless, a short hash.
SELECT
    quote_ident(w.fdwname) AS name,
    json_strip_nulls(json_build_object(
        'owner', w.fdwowner::regrole::text,
        'handler', w.fdwhandler::regproc::text,
        'validator', w.fdwvalidator::regproc::text,
        'options', ARRAY(
            SELECT o.option_name || '=' || CASE
                WHEN o.option_name IN (
                    'host', 'port', 'dbname', 'schema_name', 'table_name', 'column_name',
                    'filename', 'format', 'header', 'delimiter', 'updatable', 'fetch_size'
                ) THEN o.option_value
                ELSE 'hash ' || to_hex(hashtextextended(o.option_value, 0) & 4294967295)
            END
            FROM pg_options_to_table(w.fdwoptions) AS o ORDER BY o.option_name
        )
    ))::text AS definition
FROM pg_foreign_data_wrapper AS w
WHERE NOT EXISTS (
      SELECT FROM pg_depend AS d
      WHERE d.classid = 'pg_foreign_data_wrapper'::regclass AND d.objid = w.oid AND d.deptype = 'e'
  )
