-- Tables whose statistics the planner should not trust: none were ever made, or many more rows have
-- changed since than those at which autovacuum makes new ones, by the table's own settings. How
-- many rows there are is guessed from the size where nobody has counted. Autovacuum makes none for
-- a partitioned table as a whole. Partitions are told of at the root.
WITH seen AS MATERIALIZED (SELECT DISTINCT schemaname, tablename, inherited FROM pg_stats),
tables AS (
    SELECT
        c.oid, c.relkind = 'p' AS whole, coalesce(pg_partition_root(c.oid), c.oid) AS root,
        coalesce(greatest(
            s.n_live_tup, c.reltuples,
            CASE WHEN c.reltuples < 0 OR c.relpages = 0 THEN pg_relation_size(c.oid) / 100 END
        ), 0)::numeric AS rows,
        s.n_mod_since_analyze AS changed,
        own.base + own.scale * greatest(c.reltuples, 0)::numeric AS due,
        own.off,
        seen.tablename IS NULL AS none,
        NOT row_security_active(c.oid) AND has_any_column_privilege(c.oid, 'SELECT') AS visible,
        num_nonnulls(s.last_analyze, s.last_autoanalyze) = 0 AS never
    FROM pg_class AS c
    JOIN pg_namespace AS n ON n.oid = c.relnamespace
    LEFT JOIN pg_stat_user_tables AS s ON s.relid = c.oid
    LEFT JOIN seen ON seen.schemaname = n.nspname AND seen.tablename = c.relname
        AND seen.inherited = (c.relkind = 'p')
    CROSS JOIN LATERAL (
        SELECT
            coalesce(
                max(option_value) FILTER (WHERE option_name = 'autovacuum_analyze_threshold'),
                current_setting('autovacuum_analyze_threshold'))::numeric,
            coalesce(
                max(option_value) FILTER (WHERE option_name = 'autovacuum_analyze_scale_factor'),
                current_setting('autovacuum_analyze_scale_factor'))::numeric,
            coalesce(
                bool_or(NOT option_value::boolean) FILTER (
                    WHERE option_name = 'autovacuum_enabled'), false)
        FROM pg_options_to_table(c.reloptions)
    ) AS own (base, scale, off)
    WHERE c.relkind IN ('r', 'm', 'p')
      AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
),
counted AS (
    SELECT tables.*,
        CASE WHEN NOT whole THEN rows
            WHEN oid = root THEN sum(CASE WHEN whole THEN 0 ELSE rows END)
                OVER (PARTITION BY root)
            ELSE 0
        END AS judged_by
    FROM tables
),
judged AS (
    SELECT counted.*, CASE
        WHEN none AND visible THEN 'none'
        WHEN none AND never THEN 'hidden'
        WHEN changed > %(times)s * due THEN 'changed'
    END AS fault
    FROM counted
    WHERE judged_by >= %(least_rows)s
)
SELECT
    root::regclass::text AS "table",
    bool_or(whole) AS partitioned,
    coalesce(bool_or(whole) FILTER (WHERE fault = 'none'), false) AS no_whole,
    count(*) FILTER (WHERE fault = 'none' AND NOT whole) AS none,
    count(*) FILTER (WHERE fault = 'changed') AS stale,
    sum(changed) FILTER (WHERE fault = 'changed') AS changed,
    sum(rows)::bigint AS rows,
    string_agg(format('ALTER TABLE %%s RESET (autovacuum_enabled);', oid::regclass), E'\n-- ')
        FILTER (WHERE off AND fault IS NOT NULL) AS switched_off,
    current_setting('autovacuum') = 'off' AS all_off,
    CASE WHEN bool_or(whole AND fault = 'none') THEN format('ANALYZE %%s;', root::regclass)
        ELSE string_agg(format('ANALYZE %%s;', oid::regclass), E'\n' ORDER BY oid)
            FILTER (WHERE fault IN ('none', 'changed'))
    END AS repair,
    NULL AS unseen
FROM judged
GROUP BY root
HAVING bool_or(fault IN ('none', 'changed'))
UNION ALL
SELECT NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, format(
    'whether %%s tables have statistics is hidden from %%I, such as %%s; next: '
    'ask as a role that may read them', count(*), current_user, min(oid::regclass::text))
FROM judged WHERE fault = 'hidden' HAVING count(*) > 0
UNION ALL
SELECT NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL,
    'the server does not count what is changed; next: '
    'ALTER SYSTEM SET track_counts = on; SELECT pg_reload_conf()'
WHERE current_setting('track_counts') = 'off'
ORDER BY 1
