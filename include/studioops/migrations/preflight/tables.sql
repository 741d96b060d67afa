-- Which of these tables are there, and what the connected role may do with them.
SELECT
    t.name,
    c.oid IS NOT NULL AS there,
    pg_get_userbyid(c.relowner) AS owner,
    coalesce(pg_has_role(c.relowner, 'USAGE'), false) AS owns,
    coalesce(has_table_privilege(c.oid, 'REFERENCES'), false) AS refers,
    coalesce(has_schema_privilege(c.relnamespace, 'CREATE'), false) AS creates,
    n.nspname AS schema,
    coalesce(pg_total_relation_size(c.oid), 0) AS bytes
FROM unnest(%(tables)s::text[]) AS t (name)
LEFT JOIN pg_class AS c ON c.oid = to_regclass(t.name)
LEFT JOIN pg_namespace AS n ON n.oid = c.relnamespace
ORDER BY t.name
