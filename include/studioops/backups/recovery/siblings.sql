-- Databases of this server that this role may work from.
SELECT d.datname AS name
FROM pg_database AS d
WHERE
    d.datallowconn
    AND d.datname NOT IN (%(target)s, 'postgres', 'template1')
    AND has_database_privilege(d.oid, 'CONNECT')
    AND NOT coalesce(shobj_description(d.oid, 'pg_database'), '') LIKE ANY (
        ARRAY['%%studioops-scratch%%', '%%studioops recovery: %%']
    )
ORDER BY d.oid
