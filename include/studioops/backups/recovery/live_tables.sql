-- Every table of a database, its size, and how many rows the statistics guess.
SELECT
    quote_ident(n.nspname) || '.' || quote_ident(c.relname) AS name,
    n.nspname AS schema,
    c.relname AS relation,
    pg_relation_size(c.oid) AS size,
    CASE
        WHEN s.n_live_tup > 0 THEN s.n_live_tup
        WHEN c.reltuples >= 0 THEN c.reltuples::bigint
    END AS guess
FROM pg_class AS c
INNER JOIN pg_namespace AS n ON n.oid = c.relnamespace
LEFT JOIN pg_stat_user_tables AS s ON s.relid = c.oid
WHERE
    -- A partitioned root holds no row of its own, and a backup knows its leaves.
    c.relkind = 'r'
    AND c.relpersistence <> 't'
    AND n.nspname <> 'information_schema'
    AND n.nspname NOT LIKE 'pg\_%%'
ORDER BY 1
