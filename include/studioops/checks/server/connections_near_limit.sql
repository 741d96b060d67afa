-- How many sessions there are, and how many there may be: of the server (without those that are
-- kept for superusers and, in 16 and newer, for others), of this database, and of the roles that
-- are connected to it. A limit of a superuser is not kept to, and one of 0 is a closed door. Who
-- may not see others' sessions sees whose they are, but not their kind: those count as a client's.
WITH sessions AS (
    SELECT a.usesysid AS role, a.datid AS database FROM pg_stat_activity AS a
    WHERE a.usesysid IS NOT NULL AND coalesce(a.backend_type, 'client backend') = 'client backend'
),
limits (kind, object, used, most) AS (
    SELECT 'server', 'max_connections', (SELECT count(*) FROM sessions),
        current_setting('max_connections')::int
        - current_setting('superuser_reserved_connections')::int
        - coalesce(current_setting('reserved_connections', true)::int, 0)
    UNION ALL
    SELECT 'database', quote_ident(d.datname), count(*), d.datconnlimit
    FROM pg_database AS d JOIN sessions AS s ON s.database = d.oid
    WHERE d.datname = current_database() AND d.datconnlimit > 0
    GROUP BY d.datname, d.datconnlimit
    UNION ALL
    SELECT 'role', quote_ident(r.rolname), count(*), r.rolconnlimit
    FROM pg_roles AS r JOIN sessions AS s ON s.role = r.oid
    WHERE r.rolconnlimit > 0 AND NOT r.rolsuper
    GROUP BY r.rolname, r.rolconnlimit
    HAVING bool_or(s.database = (SELECT oid FROM pg_database WHERE datname = current_database()))
)
SELECT kind, object, used, most, 100 * used >= most * %(nearly_all)s::int AS nearly_all
FROM limits
WHERE 100 * used >= most * %(share)s::int
ORDER BY kind DESC, object
