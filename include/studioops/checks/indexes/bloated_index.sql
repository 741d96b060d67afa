-- By estimate: the width that the statistics give an entry, times the rows, against the pages that
-- the b-tree has. Rows are those that the last ANALYZE counted for each page, times the pages that
-- the table has now: what was loaded since is no bloat. Equal keys are stored once (13 and newer),
-- six bytes a row: that is reckoned with where few values make up nearly all rows; else a tree is
-- at most smaller than thought, which hides bloat and invents none. Trees over expressions and
-- partial ones can't be reckoned so. Each part of a partitioned index is a tree of its own. The
-- view of statistics is slow to look one up in: it is read once.
WITH size (block) AS (SELECT current_setting('block_size')::numeric),
stats AS MATERIALIZED (
    SELECT schemaname, tablename, attname, avg_width, null_frac, most_common_freqs
    FROM pg_stats WHERE NOT inherited
),
trees AS (
    SELECT
        c.oid, t.oid AS of,
        pg_relation_size(c.oid) / size.block AS pages,
        CASE
            WHEN pg_relation_size(t.oid) = 0 THEN 0
            WHEN t.relpages > 0 AND t.reltuples >= 0 THEN
                t.reltuples::numeric / t.relpages * pg_relation_size(t.oid) / size.block
        END AS rows,
        (size.block - 40) * coalesce((
            SELECT option_value::numeric FROM pg_options_to_table(c.reloptions)
            WHERE option_name = 'fillfactor'), 90) / 100 AS room,
        CASE
            WHEN NOT bool_and(s.attname IS NOT NULL) THEN NULL
            WHEN i.indnatts = 1 AND NOT i.indisunique
                AND max(s.null_frac + (SELECT coalesce(sum(f), 0)
                                       FROM unnest(s.most_common_freqs) AS f)) >= 0.95
                AND NOT coalesce('deduplicate_items=off' = ANY (c.reloptions), false)
            THEN 7
            -- Header and line pointer, a bit map where there are NULLs, the values; aligned to 8.
            ELSE 12 + CASE WHEN bool_or(s.null_frac > 0) THEN 8 ELSE 0 END
                + 8 * ceil(sum(s.avg_width * (1 - s.null_frac))::numeric / 8)
        END AS width,
        bool_or(row_security_active(t.oid)
                OR NOT has_column_privilege(t.oid, a.attnum, 'SELECT')) AS hidden
    FROM pg_index AS i
    CROSS JOIN size
    JOIN pg_class AS c ON c.oid = i.indexrelid AND c.relkind = 'i'
    JOIN pg_class AS t ON t.oid = i.indrelid
    JOIN pg_namespace AS n ON n.oid = c.relnamespace
    JOIN pg_am AS am ON am.oid = c.relam AND am.amname = 'btree'
    JOIN pg_attribute AS a ON a.attrelid = t.oid AND a.attnum = ANY (i.indkey::int2[])
    LEFT JOIN stats AS s ON s.schemaname = n.nspname AND s.tablename = t.relname
        AND s.attname = a.attname
    WHERE i.indisvalid AND i.indexprs IS NULL AND i.indpred IS NULL
      AND pg_relation_size(c.oid) >= %(least_bytes)s
      AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
    GROUP BY c.oid, c.reloptions, t.oid, t.relpages, t.reltuples, i.indnatts, i.indisunique,
        size.block
),
judged AS (SELECT trees.*, 100 * (1 - rows * width / room / pages) AS share FROM trees)
SELECT
    oid::regclass::text AS index,
    of::regclass::text AS "table",
    pg_size_pretty(pg_relation_size(oid)) AS size,
    round(share)::int AS share,
    NULL AS unseen
FROM judged
WHERE share >= %(share)s
UNION ALL
SELECT NULL, NULL, NULL, NULL, format(
    '%%s large indexes have no statistics to be estimated by, such as %%s; next: %%s', count(*),
    min(oid::regclass::text), CASE
        WHEN bool_or(hidden) THEN 'ask as a role that may read all of ' || min(of::regclass::text)
        ELSE 'ANALYZE ' || min(of::regclass::text)
    END)
FROM judged WHERE share IS NULL HAVING count(*) > 0
ORDER BY 1
