-- Every b-tree and heap of the copy, the heaviest first (an index is held against its whole table):
-- TOAST too, sequences and what has no file of its own left out. The system's own tables came with
-- the server, not with the backup. What CREATE INDEX counted stands until somebody analyses; it is
-- told of indexes in which PostgreSQL's own code alone says where a row's entry belongs.
SELECT
    c.oid,
    CASE c.relkind WHEN 'i' THEN 'index' ELSE 'heap' END AS kind,
    greatest(c.reltuples, 0)::bigint AS rows,
    quote_ident(n.nspname) || '.' || quote_ident(c.relname) || coalesce(
        ' of ' || quote_ident(own.nspname) || '.' || quote_ident(owner.relname), ''
    ) AS name,
    i.indrelid::regclass::text AS held,
    CASE
        WHEN i.indexprs IS NULL AND i.indpred IS NULL
            AND pg_stat_get_last_analyze_time(i.indrelid) IS NULL
            AND pg_stat_get_last_autoanalyze_time(i.indrelid) IS NULL
            AND NOT EXISTS (
                SELECT FROM pg_opclass AS o
                WHERE o.oid = ANY (i.indclass::oid[])
                  AND o.opcnamespace <> 'pg_catalog'::regnamespace
            )
            AND NOT EXISTS (
                SELECT FROM pg_attribute AS k
                JOIN pg_type AS t ON t.oid = k.atttypid
                WHERE k.attrelid = c.oid AND t.typnamespace <> 'pg_catalog'::regnamespace
            )
        THEN c.reltuples
    END AS counted
FROM pg_class AS c
JOIN pg_namespace AS n ON n.oid = c.relnamespace
LEFT JOIN pg_index AS i ON i.indexrelid = c.oid
LEFT JOIN pg_am AS a ON a.oid = c.relam
LEFT JOIN pg_class AS owner
    ON owner.reltoastrelid = CASE c.relkind WHEN 'i' THEN i.indrelid ELSE c.oid END
    AND n.nspname = 'pg_toast'
LEFT JOIN pg_namespace AS own ON own.oid = owner.relnamespace
WHERE n.nspname NOT IN ('pg_catalog', 'information_schema', %(schema)s)
  AND (n.nspname <> 'pg_toast' OR own.nspname NOT IN ('pg_catalog', 'information_schema'))
  AND c.relpersistence <> 't'
  AND (
      c.relkind IN ('r', 't', 'm') AND a.amname = 'heap'
      OR c.relkind = 'i' AND a.amname = 'btree' AND i.indisvalid AND i.indisready
  )
ORDER BY pg_relation_size(c.oid) + coalesce(pg_relation_size(i.indrelid), 0) DESC, c.oid
