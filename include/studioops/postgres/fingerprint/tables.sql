-- Every table that could have rows of its own, and what a dump makes of it.
WITH members AS (
    SELECT d.objid AS oid, e.extname, (
        SELECT e.extcondition[i]
        FROM generate_subscripts(e.extconfig, 1) AS i
        WHERE e.extconfig[i] = d.objid
    ) AS condition
    FROM pg_depend AS d
    JOIN pg_extension AS e ON e.oid = d.refobjid
    WHERE d.classid = 'pg_class'::regclass AND d.refclassid = 'pg_extension'::regclass
      AND d.deptype = 'e'
)
SELECT
    n.nspname AS schema,
    c.relname AS relation,
    quote_ident(n.nspname) || '.' || quote_ident(c.relname) AS name,
    c.relpages AS pages,
    coalesce(m.condition, '') AS condition,
    CASE
        WHEN c.relkind = 'f' THEN 'a foreign table: its rows are on another server'
        WHEN m.oid IS NOT NULL AND m.condition IS NULL
            THEN 'belongs to the extension ' || quote_ident(m.extname) || ', which fills it'
    END AS why_left_out,
    ARRAY(
        SELECT a.attname::text FROM pg_attribute AS a
        WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
          -- Virtual columns (18) hold nothing; stored ones do.
          AND a.attgenerated <> 'v'
        -- A name's own collation is C.
        ORDER BY a.attname
    ) AS columns,
    ARRAY(
        SELECT a.atttypid::bigint FROM pg_attribute AS a
        WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
          AND a.attgenerated <> 'v'
        ORDER BY a.attname
    ) AS types
FROM pg_class AS c
JOIN pg_namespace AS n ON n.oid = c.relnamespace
LEFT JOIN members AS m ON m.oid = c.oid
WHERE c.relkind IN ('r', 'f') AND c.relpersistence <> 't'
  AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
ORDER BY n.nspname, c.relname
