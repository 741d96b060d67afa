-- A b-tree whose columns, with their order, collations and operator classes, are the first ones of
-- another b-tree of the table with the same condition; or all of them, where the other one includes
-- more. Unique ones and those of constraints promise something that the longer one does not. One
-- that includes columns stays: nobody can tell whether the longer one has what is read from it. One
-- that is there twice is told of as that, by duplicated_index.
WITH trees AS (
    SELECT
        c.oid, c.relkind, i.indrelid AS of, i.indnkeyatts AS keys, i.indnatts AS columns,
        i.indisunique OR i.indisreplident OR i.indisclustered OR c.relispartition
            OR EXISTS (SELECT FROM pg_constraint AS k WHERE k.conindid = c.oid) AS bound,
        coalesce(pg_get_expr(i.indpred, i.indrelid), '') AS condition,
        ARRAY(
            SELECT format(
                '%%s %%s %%s %%s',
                CASE i.indkey[place - 1]
                    WHEN 0 THEN pg_get_indexdef(c.oid, place, false)
                    ELSE i.indkey[place - 1]::text
                END,
                i.indclass[place - 1], i.indcollation[place - 1], i.indoption[place - 1])
            FROM generate_series(1, i.indnkeyatts) AS place ORDER BY place
        ) AS parts
    FROM pg_index AS i
    JOIN pg_class AS c ON c.oid = i.indexrelid
    JOIN pg_namespace AS n ON n.oid = c.relnamespace
    JOIN pg_am AS am ON am.oid = c.relam AND am.amname = 'btree'
    WHERE i.indisvalid AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
      -- What an extension made is its own.
      AND i.indrelid NOT IN (
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
SELECT DISTINCT ON (short.oid)
    short.oid::regclass::text AS index,
    short.of::regclass::text AS "table",
    long.oid::regclass::text AS longer,
    short.relkind = 'I' AS partitioned,
    (SELECT string_agg(pg_get_indexdef(short.oid, place, true), ', ' ORDER BY place)
     FROM generate_series(1, short.keys) AS place) AS columns,
    pg_size_pretty(coalesce(sizes.bytes, pg_relation_size(short.oid))) AS size,
    pg_size_pretty(coalesce(longer.bytes, pg_relation_size(long.oid))) AS longer_size
FROM trees AS short
JOIN trees AS long
    ON long.of = short.of AND long.oid <> short.oid AND long.condition = short.condition
    AND (long.keys > short.keys OR long.keys = short.keys AND long.columns > short.columns)
    AND long.parts[1:short.keys] = short.parts
LEFT JOIN sizes ON sizes.root = short.oid
LEFT JOIN sizes AS longer ON longer.root = long.oid
WHERE NOT short.bound AND short.columns = short.keys
  AND NOT EXISTS (
      SELECT FROM trees AS twin
      WHERE twin.of = short.of AND twin.oid <> short.oid AND twin.condition = short.condition
        AND twin.parts = short.parts AND twin.columns = short.columns
        AND (twin.bound OR twin.oid < short.oid))
ORDER BY short.oid, long.columns, long.oid
