-- A column that is to be converted, and its table.
SELECT
    c.oid::bigint AS table_oid,
    c.relkind::text AS kind,
    c.relpersistence::text AS persistence,
    a.attnum::int AS number,
    format_type(a.atttypid, a.atttypmod) AS type,
    t.typtype::text AS type_kind,
    CASE WHEN a.attcollation <> t.typcollation THEN a.attcollation::regcollation::text
        ELSE '' END AS collation,
    coalesce(pg_get_expr(d.adbin, d.adrelid), '') AS default_text,
    a.attnotnull AS not_null,
    (
        SELECT array_agg(o.attname::text) FROM pg_attribute AS o WHERE o.attrelid = c.oid
    ) AS names,
    EXISTS (
        SELECT FROM pg_constraint AS k
        WHERE k.contype = 'n' AND k.conrelid = c.oid AND k.conkey = ARRAY[a.attnum]
          AND NOT k.convalidated
    ) AS half_not_null,
    a.attidentity <> '' AS identity,
    a.attgenerated <> '' AS generated,
    a.attinhcount > 0 OR c.relispartition OR c.relhassubclass AND EXISTS (
        SELECT FROM pg_inherits AS h WHERE h.inhparent = c.oid
    ) AS inherits,
    c.reloftype <> 0 AS typed,
    c.relrowsecurity AND c.relforcerowsecurity AS forced,
    EXISTS (
        SELECT FROM pg_depend AS s JOIN pg_class AS q ON q.oid = s.objid AND q.relkind = 'S'
        WHERE s.classid = 'pg_class'::regclass AND s.refclassid = 'pg_class'::regclass
          AND s.refobjid = c.oid AND s.refobjsubid = a.attnum AND s.deptype IN ('a', 'i')
    ) AS serial,
    EXISTS (
        SELECT FROM pg_attribute AS u
        JOIN pg_type AS y ON y.oid = c.reltype
        JOIN pg_class AS w ON w.oid = u.attrelid AND w.relkind IN ('r', 'p', 'm', 'f', 'c')
        WHERE u.atttypid IN (y.oid, y.typarray) AND NOT u.attisdropped
    ) AS row_type_used,
    coalesce((
        SELECT array_agg(b.attname::text ORDER BY u.place)
        FROM pg_index AS i
        CROSS JOIN LATERAL unnest(i.indkey) WITH ORDINALITY AS u (number, place)
        JOIN pg_attribute AS b ON b.attrelid = i.indrelid AND b.attnum = u.number
        WHERE i.indrelid = c.oid AND i.indisprimary AND u.place <= i.indnkeyatts
    ), '{}') AS primary_key,
    pg_table_size(c.oid) AS bytes
FROM pg_class AS c
JOIN pg_attribute AS a ON a.attrelid = c.oid
JOIN pg_type AS t ON t.oid = a.atttypid
LEFT JOIN pg_attrdef AS d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
WHERE c.oid = to_regclass(%(table)s) AND a.attname = %(column)s
  AND a.attnum > 0 AND NOT a.attisdropped
