-- A table that rows can be put into.
SELECT c.oid::bigint AS oid, c.relkind::text AS kind
FROM pg_class AS c
WHERE c.oid = to_regclass(%(table)s) AND c.relkind IN ('r', 'p')
