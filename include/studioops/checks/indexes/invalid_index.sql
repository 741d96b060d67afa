-- What CREATE INDEX CONCURRENTLY or REINDEX CONCURRENTLY leaves when it is cut off; of TOAST, too,
-- where only such a leftover can be dropped. What is being made at this moment looks the same and
-- is left out: who makes it is known by its lock on the table, for a role that may not see others'
-- sessions sees their locks, but not which index they make; and REINDEX makes several at a time.
SELECT
    c.oid::regclass::text AS index,
    CASE n.nspname WHEN 'pg_toast'
        THEN (SELECT t.oid::regclass::text FROM pg_class AS t WHERE t.reltoastrelid = i.indrelid)
        ELSE i.indrelid::regclass::text
    END AS "table",
    pg_get_indexdef(c.oid) AS definition,
    i.indisunique AS strict,
    c.relkind = 'I' AS partitioned,
    substring(c.relname FROM '_cc(?:new|old)[0-9]*$') AS leftover,
    c.relispartition OR EXISTS (SELECT FROM pg_constraint AS k WHERE k.conindid = c.oid) AS bound,
    CASE WHEN c.relkind = 'I' THEN (
        SELECT string_agg(part.inhrelid::regclass::text, ', ' ORDER BY part.inhrelid)
        FROM pg_inherits AS part
        WHERE part.inhparent = i.indrelid AND NOT EXISTS (
            SELECT FROM pg_inherits AS has JOIN pg_index AS its ON its.indexrelid = has.inhrelid
            WHERE has.inhparent = c.oid AND its.indrelid = part.inhrelid AND its.indisvalid)
    ) END AS missing
FROM pg_index AS i
JOIN pg_class AS c ON c.oid = i.indexrelid
JOIN pg_namespace AS n ON n.oid = c.relnamespace
WHERE NOT i.indisvalid
  AND (n.nspname !~ '^pg_' AND n.nspname <> 'information_schema' OR n.nspname = 'pg_toast')
  AND NOT EXISTS (
      SELECT FROM pg_stat_progress_create_index AS p
      JOIN pg_locks AS l ON l.pid = p.pid AND l.database = p.datid AND l.relation = i.indrelid
      WHERE p.datname = current_database()
        AND (p.index_relid = c.oid OR p.command IS DISTINCT FROM 'CREATE INDEX CONCURRENTLY'))
ORDER BY 1
