-- Indexes over one boolean column, without a condition. Where the statistics say that one value is
-- rare, an index of those rows alone serves, and the repair makes it. Partitions are told of at the
-- root. Those of constraints promise something, and an included column may be what is read. The
-- view of statistics is slow to look one up in: it is read once.
WITH stats AS MATERIALIZED (
    SELECT schemaname, tablename, attname, inherited, most_common_vals, most_common_freqs
    FROM pg_stats
),
flags AS (
    SELECT
        c.oid, c.relkind, i.indrelid AS of, a.attname AS column,
        -- The shares of what is true and of what is false; NULL where no statistics are to be seen.
        CASE WHEN s.attname IS NOT NULL THEN coalesce(
            s.most_common_freqs[array_position(s.most_common_vals::text::text[], 't')], 0)
        END AS true,
        CASE WHEN s.attname IS NOT NULL THEN coalesce(
            s.most_common_freqs[array_position(s.most_common_vals::text::text[], 'f')], 0)
        END AS false
    FROM pg_index AS i
    JOIN pg_class AS c ON c.oid = i.indexrelid
    JOIN pg_namespace AS n ON n.oid = c.relnamespace
    JOIN pg_class AS t ON t.oid = i.indrelid
    JOIN pg_attribute AS a ON a.attrelid = t.oid AND a.attnum = i.indkey[0]
    JOIN pg_type AS ty ON ty.oid = a.atttypid
    LEFT JOIN stats AS s ON s.schemaname = n.nspname AND s.tablename = t.relname
        AND s.attname = a.attname AND s.inherited = (t.relkind = 'p')
    WHERE i.indisvalid AND i.indnatts = 1 AND i.indpred IS NULL AND NOT c.relispartition
      AND NOT i.indisunique AND NOT i.indisexclusion
      AND coalesce(nullif(ty.typbasetype, 0), ty.oid) = 'bool'::regtype
      AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
      -- What an extension made is its own.
      AND t.oid NOT IN (
          SELECT d.objid FROM pg_depend AS d
          WHERE d.classid = 'pg_class'::regclass AND d.deptype = 'e')
),
sizes AS (
    SELECT
        pg_partition_root(c.oid) AS root,
        sum(c.relpages::numeric) * current_setting('block_size')::int AS bytes
    FROM pg_class AS c WHERE c.relkind = 'i' AND c.relispartition
    GROUP BY 1
)
SELECT
    oid::regclass::text AS index,
    of::regclass::text AS "table",
    quote_ident("column") AS column,
    relkind = 'I' AS partitioned,
    pg_size_pretty(coalesce(sizes.bytes, pg_relation_size(flags.oid))) AS size,
    CASE
        WHEN "true" + "false" <= %(rare)s / 100.0 THEN format('%%I IS NOT NULL', "column")
        WHEN "true" <= least(%(rare)s / 100.0, "false") THEN quote_ident("column")
        WHEN "false" <= %(rare)s / 100.0 THEN format('NOT %%I', "column")
    END AS rare
FROM flags
LEFT JOIN sizes ON sizes.root = flags.oid
ORDER BY 1
