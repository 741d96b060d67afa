-- Indexes that nothing has scanned since the statistics began. A crash begins them anew; where nobody has reset this database's, only
-- the dates of archiver and writer tell when that was. An index younger than the statistics was
-- touched less often than rows were written since: each entry takes a block at least. Unique ones
-- and those of constraints work without being scanned; those that cover a foreign key save a whole
-- scan on the rare delete; tables that hardly anybody reads tell nothing (making an index reads its
-- table, too). Some methods count what they return, but not the scan. Partitions are told of at the
-- root, when no part is used.
WITH RECURSIVE since AS (
    SELECT extract(day FROM now() - coalesce(
        d.stats_reset, least(a.stats_reset, b.stats_reset),
        pg_postmaster_start_time()))::int AS days
    FROM pg_stat_database AS d, pg_stat_archiver AS a, pg_stat_bgwriter AS b
    WHERE d.datname = current_database()
),
candidates AS (
    SELECT
        c.oid, c.relkind, i.indrelid AS of, c.relam, i.indkey::text || ' ' AS keys,
        coalesce(pg_get_expr(i.indpred, i.indrelid), '') AS condition,
        i.indisclustered OR EXISTS (
            SELECT FROM pg_constraint AS k
            WHERE k.contype = 'f' AND k.conrelid = i.indrelid
              AND (i.indkey::int2[])[0:cardinality(k.conkey) - 1] @> k.conkey
        ) OR EXISTS (
            -- What an extension made is its own.
            SELECT FROM pg_depend AS d
            WHERE d.classid = 'pg_class'::regclass AND d.objid = i.indrelid AND d.deptype = 'e'
        ) AS needed
    FROM pg_index AS i
    JOIN pg_class AS c ON c.oid = i.indexrelid
    JOIN pg_namespace AS n ON n.oid = c.relnamespace
    WHERE i.indisvalid AND NOT i.indisunique AND NOT i.indisexclusion AND NOT c.relispartition
      AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
      AND NOT EXISTS (SELECT FROM pg_constraint AS k WHERE k.conindid = c.oid)
),
parts AS (
    SELECT oid, oid AS part FROM candidates
    UNION ALL
    SELECT parts.oid, h.inhrelid FROM parts JOIN pg_inherits AS h ON h.inhparent = parts.part
),
counted AS (
    SELECT
        parts.oid,
        sum(pg_relation_size(parts.part)) AS bytes,
        sum(pg_stat_get_numscans(parts.part) + pg_stat_get_tuples_returned(parts.part)) AS scans,
        sum(s.seq_scan + coalesce(s.idx_scan, 0)) AS reads,
        sum(pg_stat_get_blocks_fetched(parts.part)) AS blocks,
        sum((s.n_tup_ins + s.n_tup_upd - s.n_tup_hot_upd) * CASE
            WHEN i.indpred IS NOT NULL AND c.reltuples >= 0 AND t.reltuples > 0
            THEN least(c.reltuples / t.reltuples, 1)
            ELSE 1
        END) AS writes
    FROM parts
    JOIN pg_class AS c ON c.oid = parts.part
    JOIN pg_index AS i ON i.indexrelid = parts.part
    JOIN pg_class AS t ON t.oid = i.indrelid AND t.relkind <> 'p'
    JOIN pg_stat_user_tables AS s ON s.relid = i.indrelid
    GROUP BY parts.oid
),
idle AS (
    SELECT one.oid, one.of, one.relkind, counted.bytes
    FROM candidates AS one
    JOIN counted ON counted.oid = one.oid
    WHERE counted.scans = 0 AND counted.reads >= %(least_reads)s AND counted.blocks >= writes
      AND counted.bytes >= %(least_bytes)s AND NOT one.needed
      -- Others are told to drop what this one serves as well: it may take over from them.
      AND NOT EXISTS (
          SELECT FROM candidates AS other JOIN counted AS its ON its.oid = other.oid
          WHERE other.of = one.of AND other.oid <> one.oid AND its.scans > 0
            AND other.relam = one.relam AND other.condition = one.condition
            AND starts_with(one.keys, other.keys))
)
SELECT
    oid::regclass::text AS index,
    of::regclass::text AS "table",
    relkind = 'I' AS partitioned,
    pg_size_pretty(bytes) AS size,
    days,
    -- Sooner no month's end was seen.
    greatest(%(days)s - days, 0) AS wait,
    NULL AS unseen
FROM idle CROSS JOIN since
WHERE NOT pg_is_in_recovery()
UNION ALL
SELECT NULL, NULL, NULL, NULL, NULL, NULL, CASE
    WHEN current_setting('track_counts') = 'off' THEN
        'the server does not count what is read; next: '
        'ALTER SYSTEM SET track_counts = on; SELECT pg_reload_conf()'
    ELSE 'a standby knows of its own reads alone; next: ask the primary'
END
FROM since LEFT JOIN idle ON true
WHERE current_setting('track_counts') = 'off' OR idle.oid IS NOT NULL AND pg_is_in_recovery()
GROUP BY days
ORDER BY 1
