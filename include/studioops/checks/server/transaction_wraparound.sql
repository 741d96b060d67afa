-- How far each database has come on the way to 2^31 transactions (or row lock groups), where the
-- server refuses to write. Autovacuum turns to a table by itself at autovacuum_freeze_max_age, and
-- a busy server is always somewhat beyond that; a multiple of it means that it does not get
-- through. All databases of the server, for it stops as a whole. What holds VACUUM back is named,
-- since no VACUUM helps before that is gone; for other roles' sessions that takes
-- pg_read_all_stats.
WITH ages AS (
    SELECT
        d.datname, d.datallowconn, d.datname = current_database() AS ours, kind.*,
        100 * kind.age / 2147483648.0 AS share
    FROM pg_database AS d
    CROSS JOIN LATERAL (VALUES
        ('transactions', age(d.datfrozenxid)::bigint,
         current_setting('autovacuum_freeze_max_age')::bigint),
        ('row lock groups', mxid_age(d.datminmxid)::bigint,
         current_setting('autovacuum_multixact_freeze_max_age')::bigint)
    ) AS kind (counted, age, begins)
),
holders (holder, age) AS (
    SELECT 'session ' || pid, greatest(age(backend_xid), age(backend_xmin)) FROM pg_stat_activity
    WHERE pid <> pg_backend_pid()
    UNION ALL
    SELECT 'replication slot ' || quote_ident(slot_name), greatest(age(xmin), age(catalog_xmin))
    FROM pg_replication_slots
    UNION ALL
    SELECT 'prepared transaction ' || quote_literal(gid), age(transaction) FROM pg_prepared_xacts
)
SELECT DISTINCT ON (ages.datname)
    quote_ident(ages.datname) AS database,
    ages.datallowconn AS open,
    ages.ours,
    ages.counted,
    ages.age,
    round(share)::int AS share,
    share >= %(emergency)s AS emergency,
    (SELECT h.holder FROM holders AS h
     WHERE ages.counted = 'transactions' AND h.age >= ages.age / 2
     ORDER BY h.age DESC LIMIT 1) AS holder,
    CASE WHEN ages.ours THEN (
        SELECT string_agg(oldest.name, ', ') FROM (
            SELECT coalesce(base.oid, c.oid)::regclass::text AS name
            FROM pg_class AS c LEFT JOIN pg_class AS base ON base.reltoastrelid = c.oid
            WHERE c.relkind IN ('r', 'm', 't')
            ORDER BY CASE ages.counted WHEN 'transactions' THEN age(c.relfrozenxid)
                     ELSE mxid_age(c.relminmxid) END DESC, c.oid
            LIMIT 3) AS oldest
    ) END AS oldest
FROM ages
WHERE ages.age >= %(times)s * ages.begins OR share >= %(emergency)s
ORDER BY ages.datname, share DESC
