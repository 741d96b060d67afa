-- Large tables of which most rows are read from end to end, and often. Whole reads are counted by
-- rows: a parallel scan counts once for each of its workers. Scans that end early (LIMIT, EXISTS)
-- read few rows each and miss no index. Counted since the statistics began (a crash begins them
-- anew, which only the dates of archiver and writer tell). A backup or our own scan now and then is
-- no pattern, hence so many a day. Partitions are told of at the root.
WITH since AS (
    SELECT extract(epoch FROM now() - coalesce(
        d.stats_reset, least(a.stats_reset, b.stats_reset),
        pg_postmaster_start_time()))::numeric / 86400 AS days
    FROM pg_stat_database AS d, pg_stat_archiver AS a, pg_stat_bgwriter AS b
    WHERE d.datname = current_database()
),
large AS (
    SELECT
        coalesce(pg_partition_root(s.relid), s.relid) AS root,
        s.seq_scan, s.seq_tup_read, coalesce(s.idx_tup_fetch, 0) AS fetched,
        -- What a reset forgets, the last ANALYZE may still know.
        greatest(s.n_live_tup, c.reltuples)::numeric AS rows
    FROM pg_stat_user_tables AS s
    JOIN pg_class AS c ON c.oid = s.relid AND c.relkind IN ('r', 'm')
    WHERE greatest(s.n_live_tup, c.reltuples) >= %(least_rows)s AND s.schemaname !~ '^pg_'
),
found AS (
    SELECT large.*, seq_tup_read / rows AS reads, since.days
    FROM large CROSS JOIN since
    WHERE seq_tup_read / rows >= %(reads_a_day)s * greatest(days, 1)
      AND seq_tup_read >= seq_scan * rows / 10
      AND seq_tup_read > fetched
)
SELECT
    root::regclass::text AS "table",
    round(max(reads))::bigint AS reads,
    round(max(days), 1) AS days,
    round(100 * sum(seq_tup_read) / (sum(seq_tup_read) + sum(fetched)))::int AS share,
    sum(rows)::bigint AS rows,
    count(*) AS parts,
    c.relkind = 'p' AS partitioned,
    format('SELECT calls, rows, query FROM pg_stat_statements WHERE strpos(lower(query), %%L) > 0 '
           'ORDER BY total_exec_time DESC LIMIT 10;', lower(c.relname)) AS listing,
    NULL AS unseen
FROM found
JOIN pg_class AS c ON c.oid = found.root
GROUP BY root, c.relkind, c.relname
UNION ALL
SELECT NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, CASE
    WHEN current_setting('track_counts') = 'off' THEN
        'the server does not count what is read; next: '
        'ALTER SYSTEM SET track_counts = on; SELECT pg_reload_conf()'
    ELSE format('the server has counted what is read for %%s hours only; next: ask again tomorrow',
                round(24 * days, 1))
END
FROM since
WHERE current_setting('track_counts') = 'off' OR days < %(days)s AND EXISTS (SELECT FROM large)
ORDER BY 1
