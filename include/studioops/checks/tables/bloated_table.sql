-- By estimate: the width that the statistics give a row, times the rows, against the pages of the
-- same look (relpages: today's size holds rows that reltuples has not seen). Where padding and the
-- rest of a page can't be known, the most is taken, so that a table of odd widths is no fault.
-- Each partition is a heap of its own and is told of by itself. Of TOAST, chunks are counted as if
-- each were full.
WITH large AS MATERIALIZED (
    SELECT
        c.oid, n.nspname, c.relname, c.relpages, c.reltuples, c.reltoastrelid, c.relnatts,
        current_setting('block_size')::numeric AS block,
        coalesce((SELECT option_value::numeric FROM pg_options_to_table(c.reloptions)
                  WHERE option_name = 'fillfactor'), 100) AS fill,
        EXISTS (SELECT FROM pg_options_to_table(c.reloptions)
                WHERE option_name = 'autovacuum_enabled' AND NOT option_value::boolean) AS off
    FROM pg_class AS c
    JOIN pg_namespace AS n ON n.oid = c.relnamespace
    JOIN pg_am AS am ON am.oid = c.relam AND am.amname = 'heap'
    WHERE c.relkind IN ('r', 'm') AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
      AND (pg_relation_size(c.oid) >= %(least_bytes)s
           OR c.reltoastrelid <> 0 AND pg_relation_size(c.reltoastrelid) >= %(least_bytes)s)
),
columns AS (
    SELECT
        l.oid, s.null_frac, a.attlen > 0 OR s.avg_width IS NOT NULL AS known,
        CASE WHEN a.attlen > 0 THEN a.attlen ELSE s.avg_width END * (1 - coalesce(s.null_frac, 0))
            AS width,
        -- A short text has no alignment; after a column of fixed length only its own remains.
        CASE WHEN a.attlen < 0 AND s.avg_width < 64 THEN 0
             ELSE align.own - least(align.own, CASE WHEN lag(a.attlen) OVER before > 0
                                                    THEN lag(align.own) OVER before ELSE 1 END)
             END AS padding
    FROM large AS l
    JOIN pg_attribute AS a ON a.attrelid = l.oid AND a.attnum > 0 AND NOT a.attisdropped
        AND a.attgenerated <> 'v'
    CROSS JOIN LATERAL (
        SELECT CASE a.attalign WHEN 'c' THEN 1 WHEN 's' THEN 2 WHEN 'i' THEN 4 ELSE 8 END AS own
    ) AS align
    LEFT JOIN pg_stats AS s
        ON s.schemaname = l.nspname AND s.tablename = l.relname AND s.attname = a.attname
        AND NOT s.inherited
    WINDOW before AS (PARTITION BY l.oid ORDER BY a.attnum)
),
widths AS (
    SELECT
        oid, bool_and(known) AS known,
        coalesce(bool_or(null_frac > 0), false) AS nulls,
        sum(width + padding)::numeric AS width
    FROM columns GROUP BY oid
),
heaps AS (
    SELECT
        l.*, false AS toast, l.oid AS heap, relpages AS pages, reltuples AS rows,
        coalesce(w.known, true) AS known,
        -- A row: 23 bytes of header and the bits of what is NULL, aligned, and 4 of line pointer.
        greatest(1, floor((block - 24) * fill / 100 / (4 + 8 * (
            ceil((23 + CASE WHEN w.nulls THEN ceil(relnatts / 8.0) ELSE 0 END) / 8)
            + ceil(coalesce(w.width, 0) / 8))))) AS rows_a_page
    FROM large AS l LEFT JOIN widths AS w USING (oid)
    UNION ALL
    SELECT l.*, true, t.oid, t.relpages, t.reltuples, true, 4
    FROM large AS l JOIN pg_class AS t ON t.oid = l.reltoastrelid
),
judged AS (
    SELECT
        quote_ident(nspname) || '.' || quote_ident(relname) AS "table",
        heaps.*,
        pg_relation_size(heap) AS bytes,
        known AND rows >= 0 AND pages * block * 2 >= pg_relation_size(heap) AS told,
        100 * (1 - ceil(greatest(rows, 0)::numeric / rows_a_page) / greatest(pages, 1)) AS share
    FROM heaps
    WHERE pg_relation_size(heap) >= %(least_bytes)s
)
SELECT
    "table", toast, pg_size_pretty(bytes) AS size, round(share)::int AS share, rows, off,
    pg_stat_get_dead_tuples(heap) AS dead, NULL AS unseen
FROM judged
WHERE told AND share >= %(share)s
UNION ALL
SELECT NULL, NULL, NULL, NULL, NULL, NULL, NULL, format(
    '%%s large tables have no statistics (or none that this role may see) to be estimated by, '
    'such as %%s; next: VACUUM ANALYZE %%s, or ask as a role that may read it',
    count(*), min("table"), min("table"))
FROM judged WHERE NOT told
HAVING count(*) > 0
ORDER BY 1, 2
