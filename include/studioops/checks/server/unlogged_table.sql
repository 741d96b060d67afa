-- What is emptied by a crash: unlogged tables, and sequences that no such table owns (15 and
-- newer), which begin anew. A partitioned table holds nothing itself: its unlogged partitions are
-- told of once, at the root. A table can't be logged before those that it refers to: hence the
-- order.
WITH RECURSIVE unlogged AS (
    SELECT c.oid, c.relkind, coalesce(pg_partition_root(c.oid), c.oid) AS root
    FROM pg_class AS c
    JOIN pg_namespace AS n ON n.oid = c.relnamespace
    WHERE c.relpersistence = 'u' AND c.relkind IN ('r', 'S')
      AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
      AND NOT EXISTS (
          SELECT FROM pg_depend AS d
          LEFT JOIN pg_class AS owner ON owner.oid = d.refobjid AND d.refobjsubid > 0
          WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid
            AND (d.deptype = 'e' OR c.relkind = 'S' AND owner.relpersistence = 'u'))
),
placed (oid, root, relkind, depth) AS (
    SELECT oid, root, relkind, 0 FROM unlogged
    UNION
    SELECT child.oid, child.root, child.relkind, parent.depth + 1
    FROM placed AS parent
    JOIN pg_constraint AS k ON k.contype = 'f' AND k.confrelid = parent.oid
        AND k.conrelid <> k.confrelid
    JOIN unlogged AS child ON child.oid = k.conrelid
    WHERE parent.depth < (SELECT count(*) FROM unlogged)
),
ordered AS (SELECT oid, root, relkind, max(depth) AS depth FROM placed GROUP BY oid, root, relkind)
SELECT
    root::regclass::text AS object,
    bool_and(relkind = 'S') AS sequence,
    bool_and(oid = root) AS itself,
    count(*) AS parts,
    pg_size_pretty(sum(pg_total_relation_size(oid))) AS size,
    -- Only tables that refer to each other in a circle come to as many steps as there are tables.
    max(depth) >= (SELECT count(*) FROM unlogged) AS circle,
    string_agg(
        format('ALTER %%s %%s SET LOGGED;', CASE relkind WHEN 'S' THEN 'SEQUENCE' ELSE 'TABLE' END,
               oid::regclass),
        E'\n' ORDER BY depth, oid) AS repair
FROM ordered
GROUP BY root
ORDER BY max(depth), 1
