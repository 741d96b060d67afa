-- Any option may hold a secret: of those that are not known to be harmless, a short hash.
SELECT
    quote_ident(n.nspname) || '.' || quote_ident(c.relname) AS name,
    json_strip_nulls(json_build_object(
        'kind', c.relkind,
        'owner', c.relowner::regrole::text,
        'persistence', c.relpersistence,
        'access method', (SELECT a.amname FROM pg_am AS a WHERE a.oid = c.relam),
        'of type', format_type(nullif(c.reloftype, 0), NULL),
        'partition by', pg_get_partkeydef(c.oid),
        'bound', pg_get_expr(c.relpartbound, c.oid),
        'inherits', (
            SELECT json_agg(i.inhparent::regclass::text ORDER BY i.inhseqno)
            FROM pg_inherits AS i WHERE i.inhrelid = c.oid
        ),
        'options', (SELECT json_agg(o ORDER BY o) FROM unnest(c.reloptions) AS o),
        'toast options', (
            SELECT json_agg(o ORDER BY o)
            FROM pg_class AS s CROSS JOIN LATERAL unnest(s.reloptions) AS o
            WHERE s.oid = c.reltoastrelid
        ),
        'row security', c.relrowsecurity,
        'forced', c.relforcerowsecurity,
        'replica identity', CASE WHEN c.relkind <> 'f' THEN c.relreplident END,
        'server', (
            SELECT quote_ident(s.srvname) FROM pg_foreign_server AS s WHERE s.oid = f.ftserver
        ),
        'foreign options', CASE WHEN f.ftrelid IS NOT NULL THEN ARRAY(
            SELECT o.option_name || '=' || CASE
                WHEN o.option_name IN (
                    'host', 'port', 'dbname', 'schema_name', 'table_name', 'column_name',
                    'filename', 'format', 'header', 'delimiter', 'updatable', 'fetch_size'
                ) THEN o.option_value
                ELSE 'hash ' || to_hex(hashtextextended(o.option_value, 0) & 4294967295)
            END
            FROM pg_options_to_table(f.ftoptions) AS o ORDER BY o.option_name
        ) END
    ))::text AS definition
FROM pg_class AS c
JOIN pg_namespace AS n ON n.oid = c.relnamespace
LEFT JOIN pg_foreign_table AS f ON f.ftrelid = c.oid
WHERE c.relkind IN ('r', 'p', 'f') AND c.relpersistence <> 't'
  AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
  AND NOT EXISTS (
      SELECT FROM pg_depend AS d
      WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'e'
  )
