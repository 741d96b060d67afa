-- Collations that an index or a range partition sorts by, with the version that was recorded for
-- them and the server's. No version at all (C, POSIX) cannot change. The default
-- collation is the database's, which another statement asks for.
WITH used AS (
    SELECT DISTINCT unnest(i.indcollation::oid[]) AS oid
    FROM pg_index AS i
    JOIN pg_class AS c ON c.oid = i.indexrelid
    JOIN pg_namespace AS n ON n.oid = c.relnamespace
    WHERE n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
    UNION
    SELECT unnest(p.partcollation::oid[])
    FROM pg_partitioned_table AS p
    WHERE p.partstrat = 'r'
)
SELECT
    quote_ident(n.nspname) || '.' || quote_ident(c.collname) AS name,
    c.collversion AS recorded,
    pg_collation_actual_version(c.oid) AS actual
FROM pg_collation AS c
JOIN pg_namespace AS n ON n.oid = c.collnamespace
JOIN used ON used.oid = c.oid
WHERE c.collprovider <> 'd'
ORDER BY 1
