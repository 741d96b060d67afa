-- Triggers and rules of a table and its partitions that fire as a replica (R) or always (A).
WITH family AS (
    SELECT %(table)s::oid AS oid
    UNION
    SELECT t.relid::oid FROM pg_partition_tree(%(table)s::oid::regclass) AS t
)
SELECT n.nspname AS schema, c.relname AS relation, f.kind, f.name, f.state
FROM (
    SELECT t.tgrelid AS oid, 'trigger' AS kind, t.tgname AS name, t.tgenabled AS state
    FROM pg_trigger AS t
    UNION ALL
    SELECT r.ev_class, 'rule', r.rulename, r.ev_enabled FROM pg_rewrite AS r
) AS f
JOIN family USING (oid)
JOIN pg_class AS c ON c.oid = f.oid
JOIN pg_namespace AS n ON n.oid = c.relnamespace
WHERE f.state IN ('A', 'R')
ORDER BY 1, 2, 3, 4
