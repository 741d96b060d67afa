-- What is bound to a database and would stay with the old one, or keeps it from being renamed.
SELECT 'prepared transaction' AS kind, p.gid AS name
FROM pg_prepared_xacts AS p
WHERE p.database = %(database)s
UNION ALL
SELECT 'logical replication slot' AS kind, s.slot_name::text AS name
FROM pg_replication_slots AS s
WHERE s.database = %(database)s
UNION ALL
SELECT
    CASE WHEN u.subenabled THEN 'enabled' ELSE 'disabled' END || ' subscription' AS kind,
    u.subname::text AS name
FROM pg_subscription AS u
INNER JOIN pg_database AS d ON d.oid = u.subdbid
WHERE d.datname = %(database)s
ORDER BY 1, 2
