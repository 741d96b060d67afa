-- Who keeps a session waiting: its query, since when, and whose it is.
SELECT
    b.pid,
    coalesce(nullif(b.application_name, ''), 'no name') AS application,
    coalesce(b.usename, '') AS role,
    b.state,
    coalesce(extract(epoch FROM clock_timestamp() - b.xact_start), 0)::float8 AS seconds,
    left(regexp_replace(b.query, '\s+', ' ', 'g'), 120) AS query
FROM unnest(pg_blocking_pids(%(pid)s)) AS blocking (pid)
JOIN pg_stat_activity AS b ON b.pid = blocking.pid
ORDER BY b.xact_start
