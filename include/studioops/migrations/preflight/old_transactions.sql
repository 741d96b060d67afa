-- Transactions that have been open for a while: a lock, or CONCURRENTLY, waits for their end.
SELECT
    a.pid,
    a.application_name AS application,
    a.usename AS role,
    a.state,
    extract(epoch FROM clock_timestamp() - a.xact_start)::float8 AS seconds
FROM pg_stat_activity AS a
WHERE a.datname = current_database()
  AND a.pid <> pg_backend_pid()
  AND a.xact_start < clock_timestamp() - make_interval(secs => %(seconds)s)
ORDER BY a.xact_start
LIMIT 5
