-- Applications that are logged in to this database as a superuser. Left out are our own sessions
-- and those of the tools that an administrator works with, and what has lasted for a moment only.
-- Who may not see others' sessions sees whose they are, but not whether an application has them.
WITH sessions AS (
    SELECT a.*, r.rolname, r.oid AS role
    FROM pg_stat_activity AS a
    JOIN pg_roles AS r ON r.oid = a.usesysid AND r.rolsuper
    WHERE a.datname = current_database() AND a.pid <> pg_backend_pid()
)
SELECT
    quote_ident(rolname) AS role,
    -- The first superuser must remain one.
    role = 10 AS first,
    count(*) AS sessions,
    min(coalesce(nullif(application_name, ''), 'no name')) AS application,
    min(coalesce(host(client_addr), 'this machine')) AS client,
    NULL AS unseen
FROM sessions
WHERE backend_type = 'client backend'
  AND clock_timestamp() - backend_start >= make_interval(secs => %(seconds)s)
  AND application_name !~ '^(psql|pg_dump|pg_dumpall|pg_restore|pg_amcheck|vacuumdb|reindexdb)$'
  AND application_name !~ '^(studioops|pgAdmin)'
GROUP BY rolname, role
UNION ALL
SELECT NULL, NULL, NULL, NULL, NULL, format(
    'what %%s sessions of superusers are is hidden from %%I; next: '
    'GRANT pg_read_all_stats TO %%I', count(*), current_user, current_user)
FROM sessions WHERE backend_type IS NULL HAVING count(*) > 0
ORDER BY 1
