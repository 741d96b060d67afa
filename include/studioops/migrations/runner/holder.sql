-- Who holds the lock of migrations of this database.
SELECT
    l.pid,
    coalesce(a.application_name, '') AS application,
    coalesce(extract(epoch FROM clock_timestamp() - a.backend_start), 0)::float8 AS seconds
FROM pg_locks AS l
LEFT JOIN pg_stat_activity AS a ON a.pid = l.pid
WHERE l.locktype = 'advisory' AND l.granted
  AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())
  AND (l.classid::bigint << 32) + l.objid::bigint = %(key)s AND l.objsubid = 1
