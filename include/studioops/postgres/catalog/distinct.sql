-- How many values a column has, by the statistics that this role may see.
SELECT s.schemaname AS schema, s.tablename AS relation, s.attname AS name, s.n_distinct AS distinct
FROM pg_stats AS s
WHERE NOT s.inherited AND s.schemaname !~ '^pg_' AND s.schemaname <> 'information_schema'
