-- A domain counts as the type below it: that is what its values are compared as.
WITH RECURSIVE base(domain, oid) AS (
    SELECT t.oid, t.typbasetype FROM pg_type AS t WHERE t.typtype = 'd'
    UNION ALL
    SELECT b.domain, t.typbasetype FROM base AS b JOIN pg_type AS t ON t.oid = b.oid
    WHERE t.typtype = 'd'
)
SELECT
    a.attrelid AS relation,
    a.attnum AS number,
    a.attname AS name,
    quote_ident(a.attname) AS display,
    a.attnotnull AS not_null,
    format_type(a.atttypid, a.atttypmod) AS declared_type,
    coalesce(d.oid, a.atttypid) AS type,
    quote_ident(s.nspname) || '.' || quote_ident(l.collname) AS collation
FROM pg_attribute AS a
JOIN pg_class AS c ON c.oid = a.attrelid
JOIN pg_namespace AS n ON n.oid = c.relnamespace
LEFT JOIN (
    SELECT b.domain, b.oid FROM base AS b JOIN pg_type AS t ON t.oid = b.oid WHERE t.typtype <> 'd'
) AS d ON d.domain = a.atttypid
LEFT JOIN pg_collation AS l ON l.oid = a.attcollation
LEFT JOIN pg_namespace AS s ON s.oid = l.collnamespace
WHERE a.attnum > 0 AND NOT a.attisdropped
  AND c.relkind IN ('r', 'p', 'f', 'v', 'm')
  AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
ORDER BY a.attrelid, a.attnum
