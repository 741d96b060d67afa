-- What depends on a column but for keys, indexes and its own default, which are looked at apart.
SELECT DISTINCT
    pg_describe_object(d.classid, d.objid, d.objsubid) AS what,
    CASE WHEN k.contype = 'c' THEN pg_get_expr(k.conbin, k.conrelid) END AS expression
FROM pg_depend AS d
LEFT JOIN pg_constraint AS k ON d.classid = 'pg_constraint'::regclass AND k.oid = d.objid
LEFT JOIN pg_attrdef AS f ON d.classid = 'pg_attrdef'::regclass AND f.oid = d.objid
LEFT JOIN pg_class AS r ON d.classid = 'pg_class'::regclass AND r.oid = d.objid
WHERE d.refclassid = 'pg_class'::regclass AND d.refobjid = %(oid)s
  AND d.refobjsubid = %(number)s
  AND coalesce(k.contype NOT IN ('f', 'p', 'u', 'n'), true)
  AND NOT coalesce(f.adrelid = d.refobjid AND f.adnum = d.refobjsubid, false)
  AND coalesce(r.relkind NOT IN ('i', 'S'), true)
ORDER BY what
