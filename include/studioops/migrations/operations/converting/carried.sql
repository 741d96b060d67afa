-- Indexes that hold one of these columns, or whose condition asks for one.
SELECT
    x.relname AS name,
    pg_get_indexdef(x.oid) AS definition,
    CASE k.contype WHEN 'p' THEN 'PRIMARY KEY' WHEN 'u' THEN 'UNIQUE' ELSE '' END
        AS constraint_words,
    CASE
        WHEN k.condeferred THEN ' DEFERRABLE INITIALLY DEFERRED'
        WHEN k.condeferrable THEN ' DEFERRABLE'
        ELSE ''
    END AS late
FROM pg_index AS i
JOIN pg_class AS x ON x.oid = i.indexrelid
LEFT JOIN pg_constraint AS k ON k.conindid = x.oid AND k.contype IN ('p', 'u')
WHERE i.indrelid = to_regclass(%(table)s) AND (
    i.indkey::int2[] && %(numbers)s::int2[]
    OR EXISTS (
        SELECT FROM pg_depend AS d
        WHERE d.classid = 'pg_class'::regclass AND d.objid = x.oid
          AND d.refclassid = 'pg_class'::regclass AND d.refobjid = i.indrelid
          AND d.refobjsubid = ANY (%(numbers)s::int[])
    )
)
ORDER BY x.relname
