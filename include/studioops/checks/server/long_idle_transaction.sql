-- Sessions of this database that wait for their client in the middle of a transaction, and prepared
-- transactions that nobody has finished. What a session has asked is not told: it may hold secrets.
-- The locks and who waits for them are seen by every role; the state of another role's session is
-- not. The time is the clock's: now() is when our own transaction began.
WITH idle AS (
    SELECT
        a.pid, NULL AS gid, quote_ident(a.usename) AS role, a.application_name AS application,
        coalesce(host(a.client_addr), 'this machine') AS client, a.state,
        clock_timestamp() - a.state_change AS idle, clock_timestamp() - a.xact_start AS old
    FROM pg_stat_activity AS a
    WHERE a.datname = current_database() AND a.pid <> pg_backend_pid()
      AND a.state IN ('idle in transaction', 'idle in transaction (aborted)')
    UNION ALL
    SELECT
        NULL, p.gid, quote_ident(p.owner), '', '', 'prepared',
        clock_timestamp() - p.prepared, clock_timestamp() - p.prepared
    FROM pg_prepared_xacts AS p
    WHERE p.database = current_database()
)
SELECT
    pid,
    quote_literal(gid) AS gid,
    role,
    application,
    client,
    (extract(epoch FROM idle) / 60)::int AS minutes,
    (extract(epoch FROM old) / 60)::int AS minutes_open,
    (SELECT count(DISTINCT l.relation) FROM pg_locks AS l
     WHERE l.pid = idle.pid AND l.locktype = 'relation') AS locks,
    (SELECT count(*) FROM (SELECT DISTINCT l.pid FROM pg_locks AS l WHERE NOT l.granted) AS w
     WHERE idle.pid = ANY (pg_blocking_pids(w.pid))) AS waiting,
    NULL AS unseen
FROM idle
WHERE extract(epoch FROM idle) >= 60 * %(minutes)s
UNION ALL
SELECT
    NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL,
    CASE WHEN bool_or(a.backend_type IS NULL)
        THEN format(
            'what %%s sessions of other roles do is hidden from %%I; next: '
            'GRANT pg_read_all_stats TO %%I', count(*), current_user, current_user)
        ELSE format(
            '%%s sessions do not say what they do; next: '
            'ALTER SYSTEM SET track_activities = on; SELECT pg_reload_conf()', count(*))
    END
FROM pg_stat_activity AS a
WHERE a.datname = current_database() AND a.pid <> pg_backend_pid()
  AND (a.backend_type IS NULL OR a.state = 'disabled')
HAVING count(*) > 0
ORDER BY minutes DESC NULLS LAST, pid
