-- Databases of this server that this role may work from.
SELECT d.datname AS name
FROM pg_database AS d
WHERE
    d.datallowconn
    AND d.datname NOT IN (%(target)s, 'postgres', 'template1')
    AND has_database_privilege(d.oid, 'CONNECT')
    AND coalesce(shobj_description(d.oid, 'pg_database'), '') NOT LIKE '%%studioops%%'
ORDER BY d.oid
