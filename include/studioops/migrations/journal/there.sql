-- The tables of our own schema: how each is there, and which of its columns it lacks. By the
-- catalog: names that are looked up raise where a role may not use the schema.
SELECT
    e.name,
    c.oid IS NOT NULL AS there,
    coalesce(c.relkind = 'r', false) AS is_table,
    ARRAY(
        SELECT w.name FROM unnest(e.columns) AS w (name)
        WHERE NOT EXISTS (
            SELECT FROM pg_attribute AS a
            WHERE a.attrelid = c.oid AND a.attname = w.name AND a.attnum > 0 AND NOT a.attisdropped
        )
    ) AS lacks
FROM jsonb_to_recordset(%(expected)s) AS e (name text, columns text[])
LEFT JOIN pg_namespace AS n ON n.nspname = 'studioops'
LEFT JOIN pg_class AS c ON c.relnamespace = n.oid AND c.relname = e.name
ORDER BY e.name
