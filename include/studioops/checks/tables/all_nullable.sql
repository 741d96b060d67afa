-- Tables of at least two columns beside the primary key, all of which may be NULL. A domain that
-- is NOT NULL counts as such, and a CHECK that speaks of NULL shows that somebody has thought of
-- it. What inherits its columns (partitions, too) is told of at its root.
WITH loose AS (
    SELECT c.oid, c.relkind, n.nspname, c.relname, count(*) AS count,
           bool_or(k.indrelid IS NOT NULL) AS keyed,
           array_agg(a.attname ORDER BY a.attnum) AS columns
    FROM pg_class AS c
    JOIN pg_namespace AS n ON n.oid = c.relnamespace
    LEFT JOIN pg_index AS k ON k.indrelid = c.oid AND k.indisprimary
    JOIN pg_attribute AS a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
        AND (k.indkey IS NULL OR a.attnum <> ALL (k.indkey::int2[]))
    JOIN pg_type AS ty ON ty.oid = a.atttypid
    WHERE c.relkind IN ('r', 'p') AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
      AND NOT EXISTS (SELECT FROM pg_inherits AS i WHERE i.inhrelid = c.oid)
      AND NOT EXISTS (
          SELECT FROM pg_depend AS d WHERE d.deptype = 'e' AND (d.classid, d.objid) IN
              (('pg_class'::regclass, c.oid), ('pg_namespace'::regclass, n.oid))
      )
    GROUP BY c.oid, c.relkind, n.nspname, c.relname
    HAVING count(*) >= 2 AND NOT bool_or(a.attnotnull OR ty.typnotnull)
)
SELECT
    quote_ident(loose.nspname) || '.' || quote_ident(loose.relname) AS "table",
    loose.count,
    loose.keyed,
    filled.columns AS filled,
    quote_ident(coalesce(filled.first, loose.columns[1])) AS column,
    quote_ident(left(coalesce(filled.first, loose.columns[1]), 50) || '_not_null') AS name
FROM loose
CROSS JOIN LATERAL (
    SELECT string_agg(quote_ident(a.attname), ', ' ORDER BY a.attnum) AS columns,
           (array_agg(a.attname ORDER BY a.attnum))[1] AS first
    FROM pg_stats AS s
    JOIN pg_attribute AS a ON a.attrelid = loose.oid AND a.attname = s.attname
    WHERE s.schemaname = loose.nspname AND s.tablename = loose.relname AND s.null_frac = 0
      AND s.inherited = (loose.relkind = 'p') AND s.attname = ANY (loose.columns)
) AS filled
WHERE NOT EXISTS (
    SELECT FROM pg_constraint AS k
    WHERE k.conrelid = loose.oid AND k.contype = 'c'
      AND pg_get_constraintdef(k.oid) ~* 'null'
)
ORDER BY 1
