-- Tables without a row, at the root of what inherits from them. No page is no row; where there are
-- pages, statistics lie (after a crash, before the first ANALYZE, or after one in the middle of a
-- transaction that goes on), so that small tables are asked themselves: ts_stat is the one
-- function of every server that runs a statement given as text. Large ones could be dead rows from
-- end to end, and are believed. Partitions that lie on another server are not asked, nor is what
-- they belong to.
WITH RECURSIVE roots AS (
    SELECT
        c.oid, c.relkind, n.nspname, c.relname,
        has_schema_privilege(n.oid, 'USAGE') AND has_table_privilege(c.oid, 'SELECT')
            AND NOT row_security_active(c.oid) AS readable
    FROM pg_class AS c
    JOIN pg_namespace AS n ON n.oid = c.relnamespace
    WHERE c.relkind IN ('r', 'p') AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
      AND NOT EXISTS (SELECT FROM pg_inherits AS i WHERE i.inhrelid = c.oid)
      AND lower(c.relname) <> ALL (%(bookkeeping)s)
      AND NOT EXISTS (
          SELECT FROM pg_depend AS d WHERE d.deptype = 'e' AND (d.classid, d.objid) IN
              (('pg_class'::regclass, c.oid), ('pg_namespace'::regclass, n.oid))
      )
),
members AS (
    SELECT oid AS root, oid FROM roots
    UNION
    SELECT m.root, i.inhrelid FROM members AS m JOIN pg_inherits AS i ON i.inhparent = m.oid
),
sized AS (
    SELECT
        m.root,
        coalesce(sum(pg_relation_size(m.oid)), 0)::bigint AS bytes,
        sum(pg_stat_get_tuples_inserted(m.oid))::bigint AS inserted,
        bool_or(c.reltuples > 0 OR pg_stat_get_live_tuples(m.oid) > 0) AS filled,
        bool_and(c.reltuples = 0 AND c.relpages > 0 OR pg_relation_size(m.oid) = 0) AS counted,
        bool_or(c.relkind = 'f') AS elsewhere,
        -- A standby has nothing of an unlogged table and refuses to read it.
        pg_is_in_recovery() AND bool_or(c.relpersistence = 'u') AS lost
    FROM members AS m JOIN pg_class AS c ON c.oid = m.oid
    GROUP BY m.root
),
judged AS (
    SELECT
        r.oid, quote_ident(r.nspname) || '.' || quote_ident(r.relname) AS "table",
        s.bytes, s.inserted,
        s.bytes <= %(read_bytes)s AS asked,
        CASE
            WHEN s.bytes = 0 THEN true
            WHEN s.bytes <= %(read_bytes)s AND r.readable THEN NOT EXISTS (
                SELECT FROM ts_stat(
                    format('SELECT ''row''::tsvector FROM %%I.%%I LIMIT 1', r.nspname, r.relname)))
            WHEN s.filled THEN false
            WHEN s.counted THEN true
        END AS empty,
        r.readable
    FROM roots AS r JOIN sized AS s ON s.root = r.oid
    WHERE NOT s.elsewhere AND NOT s.lost
)
SELECT
    "table", bytes, pg_size_pretty(bytes) AS size, inserted,
    asked AND (readable OR bytes = 0) AS asked,
    (SELECT string_agg(DISTINCT quote_ident(n.nspname) || '.' || quote_ident(c.relname), ', ')
     FROM pg_constraint AS k
     JOIN pg_class AS c ON c.oid = k.conrelid
     JOIN pg_namespace AS n ON n.oid = c.relnamespace
     WHERE k.contype = 'f' AND k.confrelid = judged.oid AND k.conrelid <> judged.oid
       AND k.conparentid = 0) AS referring,
    NULL AS unseen
FROM judged
WHERE empty
UNION ALL
SELECT NULL, NULL, NULL, NULL, NULL, NULL, format(
    '%%s tables could not be asked for a row and have no statistics, such as %%s; next: ANALYZE %%s'
    ', or ask as a role that may read it', count(*), min("table"), min("table"))
FROM judged WHERE empty IS NULL
HAVING count(*) > 0
ORDER BY 1
