-- Sessions of migrations of this database, but for the asking one.
SELECT
    a.pid,
    a.application_name AS application,
    coalesce(extract(epoch FROM clock_timestamp() - a.xact_start), 0)::float8 AS seconds
FROM pg_stat_activity AS a
WHERE a.datname = current_database()
  AND starts_with(a.application_name, 'studioops migrate ')
  AND a.pid <> pg_backend_pid()
ORDER BY a.pid
