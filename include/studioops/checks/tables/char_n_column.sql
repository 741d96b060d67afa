-- Columns of char(n), and of domains and arrays over it, gathered by table: one ALTER TABLE
-- writes it anew once for all of them. char(1) has nothing to fill up and is left out, as are
-- "char" (another type) and bpchar without a length, which fills up nothing. What is inherited,
-- by partitions too, is changed where it comes from; generated columns, tables made OF a type and
-- foreign tables have their types from elsewhere.
WITH RECURSIVE kinds (type, new, mod) AS (
    VALUES ('bpchar'::regtype::oid, 'varchar'::regtype, -1),
           ('bpchar[]'::regtype::oid, 'varchar[]'::regtype, -1)
    UNION ALL
    SELECT d.oid, kinds.new, greatest(d.typtypmod, kinds.mod)
    FROM pg_type AS d JOIN kinds ON d.typbasetype = kinds.type WHERE d.typtype = 'd'
),
columns AS (
    SELECT
        a.attrelid, a.attnum, quote_ident(a.attname) AS name, a.atttypid,
        format_type(a.atttypid, a.atttypmod) AS type, kinds.new,
        -- The length is kept with four bytes more than it says.
        greatest(a.atttypmod, kinds.mod) AS mod,
        k.objid IS NOT NULL AS partitioning
    FROM kinds
    JOIN pg_attribute AS a ON a.atttypid = kinds.type AND a.attnum > 0 AND a.attinhcount = 0
        AND a.attgenerated = ''
    LEFT JOIN (
        -- A table depends on the columns of its partition key as on parts of itself.
        SELECT DISTINCT objid, objsubid FROM pg_depend
        WHERE deptype = 'i' AND classid = 'pg_class'::regclass AND refobjid = objid
    ) AS k ON k.objid = a.attrelid AND k.objsubid = a.attnum
    WHERE greatest(a.atttypmod, kinds.mod) - 4 > 1
),
found AS (
    SELECT
        attrelid, array_agg(attnum) AS numbers, max(mod) - 4 AS longest,
        string_agg(name || ' ' || type, ', ' ORDER BY attnum) AS columns,
        string_agg(type, ', ') FILTER (WHERE ty.typtype = 'd') AS domains,
        string_agg(name, ', ' ORDER BY attnum) FILTER (WHERE partitioning) AS stuck,
        string_agg(format('ALTER COLUMN %%s TYPE %%s', name, format_type(new, mod)), ', '
                   ORDER BY attnum) FILTER (WHERE NOT partitioning) AS changes
    FROM columns JOIN pg_type AS ty ON ty.oid = atttypid
    GROUP BY attrelid
)
SELECT
    quote_ident(n.nspname) || '.' || quote_ident(c.relname) AS "table",
    found.columns,
    found.longest,
    pg_size_pretty((
-- include size_of_tree
    )) AS size,
    concat_ws(
        E'\n',
        '-- partition keys take a new table, which these need: ' || found.stuck,
        '-- the rules of these domains go; make domains over varchar to keep them: '
            || found.domains,
        '-- drop these first, and make them again afterwards: ' || (
            SELECT string_agg(DISTINCT replace(
                used.type || ' ' || used.identity, 'rule "_RETURN" on', 'view'), ', ')
            FROM pg_depend AS d
            CROSS JOIN pg_identify_object(d.classid, d.objid, 0) AS used
            WHERE d.refclassid = 'pg_class'::regclass AND d.refobjid = c.oid
              AND d.refobjsubid = ANY (found.numbers)
              AND d.deptype = 'n' AND d.classid <> 'pg_constraint'::regclass),
        'SET lock_timeout = ''3s'';'
            || E'\n' || format('ALTER TABLE %%I.%%I ', n.nspname, c.relname) || found.changes || ';'
    ) AS script
FROM found
JOIN pg_class AS c ON c.oid = found.attrelid AND c.relkind IN ('r', 'p') AND c.reloftype = 0
JOIN pg_namespace AS n ON n.oid = c.relnamespace
WHERE n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
  AND NOT EXISTS (SELECT FROM pg_depend AS e WHERE e.classid = 'pg_class'::regclass
                  AND e.objid = c.oid AND e.deptype = 'e')
ORDER BY 1
