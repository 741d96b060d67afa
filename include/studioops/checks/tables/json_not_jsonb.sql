-- Columns of json and json[], and of domains over them, gathered by table: one ALTER TABLE writes
-- it anew once for all of them. What is inherited, by partitions too, is changed where it comes
-- from; a generated column has the type of its expression, one of a table made OF a type that of
-- the type, and a foreign table that of the server behind it.
WITH RECURSIVE kinds (type, new) AS (
    VALUES ('json'::regtype::oid, 'jsonb'), ('json[]'::regtype::oid, 'jsonb[]')
    UNION ALL
    SELECT d.oid, kinds.new FROM pg_type AS d JOIN kinds ON d.typbasetype = kinds.type
    WHERE d.typtype = 'd'
),
found AS (
    SELECT
        a.attrelid, array_agg(a.attnum) AS numbers,
        string_agg(quote_ident(a.attname) || ' ' || format_type(a.atttypid, a.atttypmod), ', '
                   ORDER BY a.attnum) AS columns,
        string_agg(format_type(a.atttypid, NULL), ', ') FILTER (WHERE ty.typtype = 'd') AS domains,
        string_agg(format('ALTER COLUMN %%I TYPE %%s', a.attname, kinds.new), ', '
                   ORDER BY a.attnum) AS changes
    FROM kinds
    JOIN pg_type AS ty ON ty.oid = kinds.type
    JOIN pg_attribute AS a ON a.atttypid = kinds.type AND a.attnum > 0 AND a.attinhcount = 0
        AND a.attgenerated = ''
    GROUP BY a.attrelid
)
SELECT
    quote_ident(n.nspname) || '.' || quote_ident(c.relname) AS "table",
    found.columns,
    pg_size_pretty((
-- include size_of_tree
    )) AS size,
    concat_ws(
        E'\n',
        '-- the rules of these domains go; make domains over jsonb to keep them: ' || found.domains,
        '-- drop these first, and make them again afterwards: ' || (
            SELECT string_agg(DISTINCT replace(
                used.type || ' ' || used.identity, 'rule "_RETURN" on', 'view'), ', ')
            FROM pg_depend AS d
            CROSS JOIN pg_identify_object(d.classid, d.objid, 0) AS used
            WHERE d.refclassid = 'pg_class'::regclass AND d.refobjid = c.oid
              AND d.refobjsubid = ANY (found.numbers)
              AND d.deptype = 'n' AND d.classid <> 'pg_constraint'::regclass),
        'SET lock_timeout = ''3s'';',
        format('ALTER TABLE %%I.%%I %%s;', n.nspname, c.relname, found.changes)
    ) AS script
FROM found
JOIN pg_class AS c ON c.oid = found.attrelid AND c.relkind IN ('r', 'p') AND c.reloftype = 0
JOIN pg_namespace AS n ON n.oid = c.relnamespace
WHERE n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
  AND NOT EXISTS (SELECT FROM pg_depend AS e WHERE e.classid = 'pg_class'::regclass
                  AND e.objid = c.oid AND e.deptype = 'e')
ORDER BY 1
