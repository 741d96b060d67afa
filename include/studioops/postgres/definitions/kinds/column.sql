-- Any option may hold a secret: of those that are not known to be harmless, a short hash.
-- NOT NULL stands here: only since 18 is it a constraint of its own.
SELECT
    c.oid::regclass::text || '.' || quote_ident(a.attname) AS name,
    json_strip_nulls(json_build_object(
        'type', format_type(a.atttypid, a.atttypmod),
        'collation', CASE WHEN a.attcollation <> t.typcollation
            THEN a.attcollation::regcollation::text END,
        'not null', CASE WHEN a.attnotnull THEN (
            SELECT CASE WHEN bool_and(k.convalidated) IS FALSE THEN 'not valid' ELSE 'true' END
            FROM pg_constraint AS k
            WHERE k.contype = 'n' AND k.conrelid = c.oid AND k.conkey = ARRAY[a.attnum]
        ) END,
        'default', pg_get_expr(d.adbin, d.adrelid),
        'identity', nullif(a.attidentity, ''),
        'generated', nullif(a.attgenerated, ''),
        'storage', a.attstorage,
        'compression', nullif(to_jsonb(a) ->> 'attcompression', ''),
        'statistics', nullif(a.attstattarget, -1),
        'options', (SELECT json_agg(o ORDER BY o) FROM unnest(a.attoptions) AS o),
        'foreign options', CASE WHEN a.attfdwoptions IS NOT NULL THEN ARRAY(
            SELECT o.option_name || '=' || CASE
                WHEN o.option_name IN (
                    'host', 'port', 'dbname', 'schema_name', 'table_name', 'column_name',
                    'filename', 'format', 'header', 'delimiter', 'updatable', 'fetch_size'
                ) THEN o.option_value
                ELSE 'hash ' || to_hex(hashtextextended(o.option_value, 0) & 4294967295)
            END
            FROM pg_options_to_table(a.attfdwoptions) AS o ORDER BY o.option_name
        ) END
    ))::text AS definition
FROM pg_attribute AS a
JOIN pg_class AS c ON c.oid = a.attrelid
JOIN pg_namespace AS n ON n.oid = c.relnamespace
JOIN pg_type AS t ON t.oid = a.atttypid
LEFT JOIN pg_attrdef AS d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
WHERE (c.relkind IN ('r', 'p', 'f') OR c.relkind = 'v' AND a.atthasdef)
  AND c.relpersistence <> 't' AND a.attnum > 0 AND NOT a.attisdropped
  AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
  AND NOT EXISTS (
      SELECT FROM pg_depend AS d
      WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'e'
  )
