-- Two indexes are the same when everything that a query could notice is: table, method, columns,
-- operator classes, collations, order, expressions, condition. Of each set the one that something
-- depends on is kept, else a unique one, else the oldest. A unique one is superfluous only beside
-- one that forbids as much, and at once. A partition's part of its parent's index can't be dropped
-- by itself: it is told of at the root, and makes an index of that partition alone superfluous.
-- (The search path is empty, so that regclass gives full names, quoted.)
WITH ours AS (
    SELECT
        c.oid, c.relkind, i.indrelid AS of, i.indisunique AS strict, i.indimmediate AS at_once,
        -- Only 15 and newer have the column.
        CASE WHEN i.indisunique
            THEN coalesce((to_jsonb(i) ->> 'indnullsnotdistinct')::boolean, false)
            ELSE false
        END AS nulls_too,
        i.indisreplident OR i.indisclustered OR c.relispartition
            OR EXISTS (SELECT FROM pg_constraint AS k WHERE k.conindid = c.oid) AS bound,
        (
            i.indrelid, c.relam, i.indkey::text, i.indclass::text, i.indcollation::text,
            i.indoption::text, i.indnkeyatts,
            pg_get_expr(i.indexprs, i.indrelid), pg_get_expr(i.indpred, i.indrelid)
        )::text AS kind
    FROM pg_index AS i
    JOIN pg_class AS c ON c.oid = i.indexrelid
    JOIN pg_namespace AS n ON n.oid = c.relnamespace
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
SELECT DISTINCT ON (spare.oid)
    spare.oid::regclass::text AS index,
    spare.of::regclass::text AS "table",
    kept.oid::regclass::text AS kept,
    spare.relkind = 'I' AS partitioned,
    pg_size_pretty(coalesce(sizes.bytes, pg_relation_size(spare.oid))) AS size
FROM ours AS spare
JOIN ours AS kept ON kept.kind = spare.kind
    AND (NOT kept.bound, NOT kept.strict, NOT kept.nulls_too, kept.oid)
        < (NOT spare.bound, NOT spare.strict, NOT spare.nulls_too, spare.oid)
    AND (NOT spare.strict OR kept.strict AND kept.at_once AND kept.nulls_too >= spare.nulls_too)
LEFT JOIN sizes ON sizes.root = spare.oid
WHERE NOT spare.bound
ORDER BY spare.oid, NOT kept.bound, NOT kept.strict, NOT kept.nulls_too, kept.oid
