-- Every database: whether it takes connections, and what its comment says.
SELECT
    d.datname AS name,
    d.datallowconn AS allows,
    shobj_description(d.oid, 'pg_database') AS said,
    CASE
        WHEN
            shobj_description(d.oid, 'pg_database') LIKE '%%studioops recovery: %%'
            AND has_database_privilege(d.oid, 'CONNECT')
            THEN pg_database_size(d.oid)
    END AS size
FROM pg_database AS d
ORDER BY d.datname
