-- What the connected role may do, and what it would rename.
SELECT
    r.rolname AS role,
    r.rolsuper AS is_super,
    r.rolcreatedb AS createdb,
    current_setting('server_version_num')::int / 10000 AS major,
    pg_is_in_recovery() AS standby,
    pg_get_userbyid(d.datdba) AS owner,
    coalesce(pg_has_role(d.datdba, 'USAGE'), false) AS owns,
    CASE
        WHEN has_database_privilege(d.oid, 'CONNECT') THEN pg_database_size(d.oid)
    END AS size
FROM pg_roles AS r
LEFT JOIN pg_database AS d ON d.datname = %(database)s
WHERE r.rolname = current_user
