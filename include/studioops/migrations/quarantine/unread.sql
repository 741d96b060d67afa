-- Tables that this role can't read whole.
SELECT
    c.oid::regclass::text AS name,
    row_security_active(c.oid) AS hidden,
    CASE WHEN has_schema_privilege(c.relnamespace, 'USAGE') THEN 'SELECT' ELSE 'USAGE' END AS right
FROM pg_class AS c
WHERE c.oid = ANY (%(tables)s::oid[]) AND (
    row_security_active(c.oid)
    OR NOT has_schema_privilege(c.relnamespace, 'USAGE')
    OR NOT has_table_privilege(c.oid, 'SELECT')
)
ORDER BY name
