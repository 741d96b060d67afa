-- Columns of timestamp without time zone, and of domains over it, gathered by table: one ALTER
-- TABLE writes it anew once for all of them. A DEFAULT such as now() is timestamptz under an
-- implicit cast, which ALTER takes away by itself; any other (now() AT TIME ZONE 'utc') would
-- from then on be read in the session's zone, and is set anew. What is inherited, by partitions
-- too, is changed where it comes from; generated columns, tables made OF a type and foreign
-- tables have their types from elsewhere. Arrays can't be converted in place.
WITH RECURSIVE kinds (type, mod) AS (
    VALUES ('timestamp'::regtype::oid, -1)
    UNION ALL
    SELECT d.oid, greatest(d.typtypmod, kinds.mod)
    FROM pg_type AS d JOIN kinds ON d.typbasetype = kinds.type WHERE d.typtype = 'd'
),
columns AS (
    SELECT
        a.attrelid, a.attnum, quote_ident(a.attname) AS name,
        nullif(format_type(a.atttypid, NULL), 'timestamp without time zone') AS domain,
        format_type('timestamptz'::regtype, greatest(a.atttypmod, kinds.mod)) AS new,
        -- 2027 makes a timestamp of a timestamptz, 1961 rounds it to the column's precision.
        CASE WHEN x.adbin::text
            !~ ('^(\{(FUNCEXPR :funcid 1961|COERCETODOMAIN) [^{]*)*'
                || '\{FUNCEXPR :funcid 2027 [^{]*:funcformat 2 ')
            THEN pg_get_expr(x.adbin, x.adrelid) END AS moved,
        k.objid IS NOT NULL AS partitioning
    FROM kinds
    JOIN pg_attribute AS a ON a.atttypid = kinds.type AND a.attnum > 0 AND a.attinhcount = 0
        AND a.attgenerated = ''
    LEFT JOIN (
        -- A table depends on the columns of its partition key as on parts of itself.
        SELECT DISTINCT objid, objsubid FROM pg_depend
        WHERE deptype = 'i' AND classid = 'pg_class'::regclass AND refobjid = objid
    ) AS k ON k.objid = a.attrelid AND k.objsubid = a.attnum
    LEFT JOIN pg_attrdef AS x ON x.adrelid = a.attrelid AND x.adnum = a.attnum
),
found AS (
    SELECT
        attrelid, array_agg(attnum) AS numbers,
        string_agg(name, ', ' ORDER BY attnum) AS columns,
        string_agg(domain, ', ') AS domains,
        string_agg(name, ', ' ORDER BY attnum) FILTER (WHERE partitioning) AS stuck,
        string_agg(
            format('ALTER COLUMN %%s TYPE %%s USING %%s AT TIME ZONE ''UTC''', name, new, name)
            || coalesce(', ALTER COLUMN ' || name || ' SET DEFAULT (' || moved
                        || ')::timestamp AT TIME ZONE ''UTC''', ''),
            ', ' ORDER BY attnum) FILTER (WHERE NOT partitioning) AS changes
    FROM columns GROUP BY attrelid
)
SELECT
    quote_ident(n.nspname) || '.' || quote_ident(c.relname) AS "table",
    found.columns,
    (SELECT count(*) FROM pg_attribute AS b
     WHERE b.attrelid = c.oid AND b.atttypid = 'timestamptz'::regtype) AS others,
    pg_size_pretty((
-- include size_of_tree
    )) AS size,
    concat_ws(
        E'\n',
        '-- partition keys take a new table, which these need: ' || found.stuck,
        '-- the rules of these domains go; make domains over timestamptz to keep them: '
            || found.domains,
        '-- drop these first, and make them again afterwards: ' || users.sure,
        '-- these stop it where they compute with a time (date_trunc, ::date): ' || users.maybe,
        'SET lock_timeout = ''3s'';'
            || E'\n' || format('ALTER TABLE %%I.%%I ', n.nspname, c.relname) || found.changes || ';'
    ) AS script
FROM found
JOIN pg_class AS c ON c.oid = found.attrelid AND c.relkind IN ('r', 'p') AND c.reloftype = 0
JOIN pg_namespace AS n ON n.oid = c.relnamespace
CROSS JOIN LATERAL (
    SELECT
        string_agg(DISTINCT replace(used.type || ' ' || used.identity, 'rule "_RETURN" on', 'view'),
                   ', ') FILTER (WHERE d.deptype = 'n') AS sure,
        string_agg(DISTINCT 'index ' || used.identity, ', ') FILTER (WHERE d.deptype = 'a') AS maybe
    FROM pg_depend AS d
    LEFT JOIN pg_index AS i ON d.classid = 'pg_class'::regclass AND i.indexrelid = d.objid
    CROSS JOIN pg_identify_object(d.classid, d.objid, 0) AS used
    WHERE d.refclassid = 'pg_class'::regclass AND d.refobjid = c.oid
      AND d.refobjsubid = ANY (found.numbers)
      AND (d.deptype = 'n' AND d.classid <> 'pg_constraint'::regclass
           OR d.deptype = 'a' AND (i.indexprs IS NOT NULL OR i.indpred IS NOT NULL))
) AS users
WHERE n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
  AND NOT EXISTS (SELECT FROM pg_depend AS e WHERE e.classid = 'pg_class'::regclass
                  AND e.objid = c.oid AND e.deptype = 'e')
ORDER BY 1
