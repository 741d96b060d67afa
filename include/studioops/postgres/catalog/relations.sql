-- Everything that rows can be read from, save what PostgreSQL keeps for itself.
-- Takes no lock on any of it: a table locked by somebody else must not stop the reading.
WITH RECURSIVE members (root, oid) AS (
    SELECT p.oid, i.inhrelid
    FROM pg_class AS p JOIN pg_inherits AS i ON i.inhparent = p.oid
    WHERE p.relkind = 'p'
    UNION ALL
    SELECT m.root, i.inhrelid FROM members AS m JOIN pg_inherits AS i ON i.inhparent = m.oid
),
-- Autovacuum counts no partitioned table as a whole, and up to 13 no ANALYZE does.
wholes AS (
    SELECT m.root, sum(greatest(c.reltuples, pg_stat_get_live_tuples(c.oid), 0)) AS rows
    FROM members AS m JOIN pg_class AS c ON c.oid = m.oid
    WHERE c.relkind <> 'p'
    GROUP BY m.root
)
SELECT
    c.oid,
    n.nspname AS schema,
    c.relname AS name,
    quote_ident(n.nspname) || '.' || quote_ident(c.relname) AS display,
    c.relkind AS kind,
    -- Small tables are never analysed by themselves; the counters of activity know their rows.
    greatest(c.reltuples, pg_stat_get_live_tuples(c.oid), w.rows, 0)::bigint AS rows,
    CASE WHEN c.relpages > 0 THEN c.relallvisible::float8 / c.relpages ELSE 0 END AS all_visible,
    CASE WHEN c.relispartition THEN
        (SELECT i.inhparent FROM pg_inherits AS i WHERE i.inhrelid = c.oid LIMIT 1)
    END AS partition_of
FROM pg_class AS c
JOIN pg_namespace AS n ON n.oid = c.relnamespace
LEFT JOIN wholes AS w ON w.root = c.oid
WHERE c.relkind IN ('r', 'p', 'f', 'v', 'm')
  AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
ORDER BY n.nspname, c.relname
