-- The only column of the catalog that tells of a view that was never filled.
SELECT
    quote_ident(n.nspname) || '.' || quote_ident(c.relname) AS name,
    c.relispopulated AS populated
FROM pg_class AS c
JOIN pg_namespace AS n ON n.oid = c.relnamespace
WHERE c.relkind = 'm'
ORDER BY 1
