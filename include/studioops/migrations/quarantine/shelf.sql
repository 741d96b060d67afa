-- Whether this role may write the quarantine: the table, or before it is made what it is made in.
-- By the catalog: names that are looked up raise where a role may not use the schema.
SELECT
    CASE
        WHEN q.oid IS NOT NULL THEN 'SELECT, INSERT and UPDATE on studioops.quarantine'
        WHEN n.oid IS NOT NULL THEN 'USAGE and CREATE in schema studioops'
        ELSE 'CREATE in this database'
    END AS right,
    CASE
        WHEN q.oid IS NOT NULL THEN has_schema_privilege(n.oid, 'USAGE')
            AND has_table_privilege(q.oid, 'SELECT')
            AND has_table_privilege(q.oid, 'INSERT')
            AND has_table_privilege(q.oid, 'UPDATE')
        WHEN n.oid IS NOT NULL
            THEN has_schema_privilege(n.oid, 'USAGE') AND has_schema_privilege(n.oid, 'CREATE')
        ELSE has_database_privilege(current_database(), 'CREATE')
    END AS may
FROM (SELECT) AS one
LEFT JOIN pg_namespace AS n ON n.nspname = 'studioops'
LEFT JOIN pg_class AS q ON q.relnamespace = n.oid AND q.relname = 'quarantine'
