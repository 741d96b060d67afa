-- Who keeps a session waiting: its query, since when, and whose it is; and for which table.
SELECT
    b.pid,
    coalesce(nullif(b.application_name, ''), 'no name') AS application,
    coalesce(b.usename, '') AS role,
    b.state,
    coalesce(extract(epoch FROM clock_timestamp() - b.xact_start), 0)::float8 AS seconds,
    left(regexp_replace(b.query, '\s+', ' ', 'g'), 120) AS query,
    (SELECT min(l.virtualtransaction) FROM pg_locks AS l WHERE l.pid = b.pid) AS transaction,
    awaited.schema_name,
    awaited.table_name
FROM unnest(pg_blocking_pids(%(pid)s)) AS blocking (pid)
JOIN pg_stat_activity AS b ON b.pid = blocking.pid
LEFT JOIN (
    SELECT n.nspname AS schema_name, c.relname AS table_name
    FROM pg_locks AS l
    JOIN pg_class AS c ON c.oid = l.relation
    JOIN pg_namespace AS n ON n.oid = c.relnamespace
    WHERE l.pid = %(pid)s AND NOT l.granted AND l.locktype = 'relation' AND c.relkind IN ('r', 'p')
) AS awaited ON true
ORDER BY b.xact_start
