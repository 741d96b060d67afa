-- An index by its schema and name, whatever state it is in.
SELECT
    tn.nspname AS table_schema,
    t.relname AS table_name,
    i.indisvalid AND i.indisready AND i.indislive AS valid,
    c.relkind = 'I' AS partitioned,
    pg_get_indexdef(c.oid) AS definition,
    EXISTS (SELECT FROM pg_constraint AS k WHERE k.conindid = c.oid) AS behind_constraint,
    i.indisclustered OR i.indisreplident OR c.reltablespace <> 0
        OR obj_description(c.oid, 'pg_class') IS NOT NULL
        OR EXISTS (
            SELECT FROM pg_attribute AS a WHERE a.attrelid = c.oid AND a.attstattarget >= 0
        ) AS marked,
    EXISTS (SELECT FROM pg_inherits AS h WHERE h.inhrelid = c.oid) AS attached
FROM pg_class AS c
JOIN pg_namespace AS n ON n.oid = c.relnamespace
LEFT JOIN pg_index AS i ON i.indexrelid = c.oid
LEFT JOIN pg_class AS t ON t.oid = i.indrelid
LEFT JOIN pg_namespace AS tn ON tn.oid = t.relnamespace
WHERE n.nspname = %(schema)s AND c.relname = %(name)s
