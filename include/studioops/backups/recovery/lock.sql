-- Take the lock, or say who has it.
SELECT
    pg_try_advisory_xact_lock(%(kind)s, %(target)s) AS ours,
    (
        SELECT min(l.pid)
        FROM pg_locks AS l
        WHERE
            l.locktype = 'advisory'
            AND l.granted
            AND l.pid <> pg_backend_pid()
            AND l.classid = (%(kind)s)::int::bigint::oid
            AND l.objid = ((%(target)s)::bigint & 4294967295)::oid
    ) AS holder
