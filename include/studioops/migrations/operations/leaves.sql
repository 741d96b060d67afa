-- The tables that hold a partitioned table's rows.
SELECT n.nspname AS schema, c.relname AS name, c.relkind = 'f' AS is_foreign
FROM pg_partition_tree(to_regclass(%(table)s)) AS t
JOIN pg_class AS c ON c.oid = t.relid
JOIN pg_namespace AS n ON n.oid = c.relnamespace
WHERE t.isleaf AND t.relid <> to_regclass(%(table)s)
ORDER BY n.nspname, c.relname
