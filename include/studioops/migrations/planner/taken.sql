-- The names that a new index, or a new constraint, can't have: those of a schema's relations with
-- an empty table beside them, and those of a table's constraints.
SELECT n.nspname AS schema, '' AS table_name, c.relname AS name
FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace
WHERE n.nspname = ANY (%(schemas)s)
UNION ALL
SELECT n.nspname, c.relname, k.conname
FROM pg_constraint AS k
JOIN pg_class AS c ON c.oid = k.conrelid
JOIN pg_namespace AS n ON n.oid = c.relnamespace
WHERE n.nspname = ANY (%(schemas)s)
