-- B-trees over one column that is mostly NULL, by the statistics. A partial index with IS NOT NULL
-- serves the same lookups. Unique ones stay: ON CONFLICT names them by their columns and does not
-- know a partial one. So do those that cover a foreign key. Partitions are told of at the root. The
-- view of statistics is slow to look one up in: it is read once.
WITH RECURSIVE stats AS MATERIALIZED (
    SELECT schemaname, tablename, attname, null_frac FROM pg_stats WHERE NOT inherited
),
candidates AS (
    SELECT c.oid, c.relkind, i.indrelid AS of, a.attname AS column
    FROM pg_index AS i
    JOIN pg_class AS c ON c.oid = i.indexrelid
    JOIN pg_namespace AS n ON n.oid = c.relnamespace
    JOIN pg_am AS am ON am.oid = c.relam AND am.amname = 'btree'
    JOIN pg_attribute AS a ON a.attrelid = i.indrelid AND a.attnum = i.indkey[0]
    WHERE i.indisvalid AND i.indnatts = 1 AND i.indpred IS NULL AND NOT c.relispartition
      AND NOT i.indisunique AND NOT i.indisexclusion AND NOT i.indisclustered
      AND NOT a.attnotnull AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
      AND NOT EXISTS (
          SELECT FROM pg_constraint AS k
          WHERE k.contype = 'f' AND k.conrelid = i.indrelid AND a.attnum = ANY (k.conkey))
      -- What an extension made is its own.
      AND i.indrelid NOT IN (
          SELECT d.objid FROM pg_depend AS d
          WHERE d.classid = 'pg_class'::regclass AND d.deptype = 'e')
),
parts AS (
    SELECT oid, of, "column", oid AS part, relkind FROM candidates
    UNION ALL
    SELECT parts.oid, of, "column", h.inhrelid, relkind
    FROM parts JOIN pg_inherits AS h ON h.inhparent = parts.part
),
judged AS (
    SELECT
        parts.oid, parts.of, parts."column", parts.relkind,
        sum(pg_relation_size(parts.part)) AS bytes,
        100 * sum(s.null_frac * greatest(t.reltuples, 1)) / sum(greatest(t.reltuples, 1)) AS share,
        -- A table without rows has no statistics and needs none; -1 is what nobody has counted.
        min(t.oid) FILTER (WHERE s.attname IS NULL AND t.reltuples <> 0) AS unknown
    FROM parts
    JOIN pg_index AS i ON i.indexrelid = parts.part
    JOIN pg_class AS t ON t.oid = i.indrelid AND t.relkind <> 'p'
    JOIN pg_namespace AS n ON n.oid = t.relnamespace
    LEFT JOIN stats AS s ON s.schemaname = n.nspname AND s.tablename = t.relname
        AND s.attname = parts."column"
    GROUP BY parts.oid, parts.of, parts."column", parts.relkind
    HAVING sum(pg_relation_size(parts.part)) >= %(least_bytes)s
)
SELECT
    judged.oid::regclass::text AS index,
    of::regclass::text AS "table",
    quote_ident("column") AS column,
    judged.relkind = 'I' AS partitioned,
    round(share)::int AS share,
    pg_size_pretty(bytes) AS size,
    -- What follows the table's name: method, operator class, order, parameters.
    substr(
        pg_get_indexdef(judged.oid),
        length(format('CREATE INDEX %%I ON %%s%%s ', c.relname,
               CASE judged.relkind WHEN 'I' THEN 'ONLY ' ELSE '' END, of::regclass)) + 1
    ) AS how,
    NULL AS unseen
FROM judged
JOIN pg_class AS c ON c.oid = judged.oid
WHERE unknown IS NULL AND share >= %(share)s
UNION ALL
SELECT NULL, NULL, NULL, NULL, NULL, NULL, NULL, format(
    'what share of %%s large indexes is NULL is not known, such as %%s; next: %%s', count(*),
    min(oid::regclass::text), CASE
        WHEN bool_or(row_security_active(unknown)
                     OR NOT has_column_privilege(unknown, "column", 'SELECT'))
        THEN 'ask as a role that may read all of ' || min(unknown::regclass::text)
        ELSE 'ANALYZE ' || min(unknown::regclass::text)
    END)
FROM judged WHERE unknown IS NOT NULL HAVING count(*) > 0
ORDER BY 1
