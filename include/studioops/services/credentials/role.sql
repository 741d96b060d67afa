-- What the role of this very session is allowed to do, and how its session travels. A time beyond
-- what a program's calendar knows is none.
SELECT
    r.rolname::text AS role,
    r.rolsuper AS superuser,
    r.rolcreaterole AS createrole,
    r.rolcreatedb AS createdb,
    r.rolbypassrls AS bypassrls,
    r.rolreplication AS replication,
    CASE
        WHEN r.rolvaliduntil < timestamptz '9999-01-01 00:00:00+00'
            THEN greatest(r.rolvaliduntil, timestamptz '1970-01-01 00:00:00+00')
    END AS valid_until,
    ARRAY(
        SELECT g.rolname::text
        FROM pg_catalog.pg_roles AS g
        WHERE NOT r.rolsuper
          AND g.oid <> r.oid
          AND (g.rolsuper OR g.rolname IN (
              'pg_execute_server_program', 'pg_read_server_files', 'pg_write_server_files'))
          AND pg_catalog.pg_has_role(r.oid, g.oid, 'MEMBER')
        ORDER BY g.rolname
    ) AS groups,
    EXISTS (SELECT FROM pg_catalog.pg_class AS c WHERE c.relrowsecurity) AS row_security,
    coalesce(s.ssl, false) AS tls
FROM pg_catalog.pg_roles AS r
LEFT JOIN pg_catalog.pg_stat_ssl AS s ON s.pid = pg_catalog.pg_backend_pid()
WHERE r.rolname = session_user
