-- Who is connected to a database, and whether this role may end it. A worker of PostgreSQL's own
-- has no role; what may be seen of others depends on the rights.
SELECT
    a.pid,
    pg_get_userbyid(a.usesysid) AS role,
    coalesce(a.application_name, '') AS application,
    (SELECT r.rolsuper FROM pg_roles AS r WHERE r.rolname = current_user)
    OR (
        NOT s.rolsuper
        AND (
            pg_has_role(s.oid, 'USAGE')
            OR pg_has_role('pg_signal_backend', 'USAGE')
        )
    ) AS ours_to_end
FROM pg_stat_activity AS a
INNER JOIN pg_roles AS s ON s.oid = a.usesysid
WHERE a.datname = %(database)s AND a.pid <> pg_backend_pid()
ORDER BY a.pid
