-- Columns of money and money[], and of domains over them, gathered by table: one ALTER TABLE
-- writes it anew once for all of them. How many decimals a value has is not kept with it:
-- lc_monetary says. What is inherited, by partitions too, is changed where it comes from;
-- generated columns, tables made OF a type and foreign tables have their types from elsewhere.
WITH RECURSIVE kinds (type, brackets) AS (
    VALUES ('money'::regtype::oid, ''), ('money[]'::regtype::oid, '[]')
    UNION ALL
    SELECT d.oid, kinds.brackets FROM pg_type AS d JOIN kinds ON d.typbasetype = kinds.type
    WHERE d.typtype = 'd'
),
decimals AS (SELECT scale(1::money::numeric) AS scale),
found AS (
    SELECT
        a.attrelid, array_agg(a.attnum) AS numbers,
        string_agg(quote_ident(a.attname), ', ' ORDER BY a.attnum) AS columns,
        string_agg(format_type(a.atttypid, NULL), ', ') FILTER (WHERE ty.typtype = 'd') AS domains,
        -- A money holds 63 bits, which is 19 digits wherever the point stands.
        string_agg(
            format('ALTER COLUMN %%I TYPE numeric(19, %%s)%%s', a.attname, scale, brackets), ', '
            ORDER BY a.attnum) AS changes
    FROM kinds
    CROSS JOIN decimals
    JOIN pg_type AS ty ON ty.oid = kinds.type
    JOIN pg_attribute AS a ON a.atttypid = kinds.type AND a.attnum > 0 AND a.attinhcount = 0
        AND a.attgenerated = ''
    GROUP BY a.attrelid
)
SELECT
    quote_ident(n.nspname) || '.' || quote_ident(c.relname) AS "table",
    found.columns,
    current_setting('lc_monetary') AS locale,
    decimals.scale,
    pg_size_pretty((
-- include size_of_tree
    )) AS size,
    concat_ws(
        E'\n',
        '-- the rules of these domains go; make domains over numeric to keep them: '
            || found.domains,
        '-- drop these first, and make them again afterwards: ' || users.sure,
        '-- these stop it where they hold an amount of money: ' || users.maybe,
        'SET lock_timeout = ''3s'';',
        format('ALTER TABLE %%I.%%I %%s;', n.nspname, c.relname, found.changes)
    ) AS script
FROM found
CROSS JOIN decimals
JOIN pg_class AS c ON c.oid = found.attrelid AND c.relkind IN ('r', 'p') AND c.reloftype = 0
JOIN pg_namespace AS n ON n.oid = c.relnamespace
CROSS JOIN LATERAL (
    SELECT
        string_agg(DISTINCT replace(used.type || ' ' || used.identity, 'rule "_RETURN" on', 'view'),
                   ', ') FILTER (WHERE d.classid <> 'pg_constraint'::regclass) AS sure,
        string_agg(DISTINCT 'CHECK ' || used.identity, ', ') FILTER (WHERE k.contype = 'c') AS maybe
    FROM pg_depend AS d
    LEFT JOIN pg_constraint AS k ON d.classid = 'pg_constraint'::regclass AND k.oid = d.objid
    CROSS JOIN pg_identify_object(d.classid, d.objid, 0) AS used
    WHERE d.refclassid = 'pg_class'::regclass AND d.refobjid = c.oid
      AND d.refobjsubid = ANY (found.numbers) AND d.deptype = 'n'
) AS users
WHERE n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
  AND NOT EXISTS (SELECT FROM pg_depend AS e WHERE e.classid = 'pg_class'::regclass
                  AND e.objid = c.oid AND e.deptype = 'e')
ORDER BY 1
