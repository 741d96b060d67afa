-- Every sequence and the columns that it feeds: owned, as an identity, by a DEFAULT that depends
-- on it, or by a DEFAULT that names it as a text, which leaves no dependency. A column whose
-- DEFAULT takes another sequence is not fed by the one that it still owns. A name without a schema
-- is looked for beside the table, then in public, then anywhere. What a partition or a child
-- inherits is told of at its root.
WITH RECURSIVE bases (oid, base) AS (
    SELECT t.oid, t.oid FROM pg_type AS t WHERE t.typtype <> 'd'
    UNION ALL
    SELECT t.oid, bases.base FROM pg_type AS t JOIN bases ON bases.oid = t.typbasetype
    WHERE t.typtype = 'd'
),
sequences AS (
    SELECT
        s.*, c.relname, n.oid AS namespace, n.nspname,
        quote_ident(n.nspname) || '.' || quote_ident(c.relname) AS name,
        CASE WHEN has_sequence_privilege(c.oid, 'SELECT, USAGE')
            THEN pg_sequence_last_value(c.oid) END AS last
    FROM pg_sequence AS s
    JOIN pg_class AS c ON c.oid = s.seqrelid
    JOIN pg_namespace AS n ON n.oid = c.relnamespace
    WHERE n.nspname NOT IN ('pg_catalog', 'information_schema') AND c.relpersistence <> 't'
),
defaults AS (
    SELECT
        x.oid, x.adrelid AS "table", x.adnum AS number,
        pg_get_expr(x.adbin, x.adrelid) AS expression
    FROM pg_attrdef AS x
    WHERE pg_get_expr(x.adbin, x.adrelid) LIKE '%%nextval(%%'
),
by_text AS (
    SELECT
        "table", number, expression, c.relnamespace AS namespace,
        CASE WHEN said LIKE '%%"%%' THEN said ELSE lower(said) END AS said
    FROM (
        SELECT
            defaults.*,
            replace(
                substring(expression FROM 'nextval\(+''((?:[^'']|'''')+)''::text'), '''''', ''''
            ) AS said
        FROM defaults
    ) AS read
    JOIN pg_class AS c ON c.oid = "table"
    WHERE said IS NOT NULL
),
by_default AS (
    SELECT d.refobjid AS sequence, defaults."table", defaults.number, NULL::text AS said
    FROM defaults
    JOIN pg_depend AS d ON d.classid = 'pg_attrdef'::regclass AND d.objid = defaults.oid
        AND d.refclassid = 'pg_class'::regclass
    JOIN sequences ON sequences.seqrelid = d.refobjid
    UNION
    SELECT named.seqrelid, by_text."table", by_text.number, by_text.said
    FROM by_text
    LEFT JOIN LATERAL (
        SELECT s.seqrelid
        FROM sequences AS s
        WHERE by_text.said IN (
            s.name, quote_ident(s.relname),
            format('"%%s"."%%s"', replace(s.nspname, '"', '""'), replace(s.relname, '"', '""')),
            format('"%%s"', replace(s.relname, '"', '""'))
        )
        ORDER BY s.namespace = by_text.namespace DESC, s.nspname = 'public' DESC, s.seqrelid
        LIMIT 1
    ) AS named ON true
),
fed AS (
    SELECT d.objid AS sequence, d.refobjid AS "table", d.refobjsubid AS number, NULL::text AS said
    FROM pg_depend AS d
    JOIN sequences ON sequences.seqrelid = d.objid
    WHERE d.classid = 'pg_class'::regclass AND d.refclassid = 'pg_class'::regclass
      AND d.deptype IN ('a', 'i') AND d.refobjsubid > 0
      AND NOT EXISTS (SELECT FROM by_default AS b
                      WHERE (b."table", b.number) = (d.refobjid, d.refobjsubid))
    UNION
    SELECT sequence, "table", number, said FROM by_default
)
SELECT
    s.name AS sequence, fed.said, s.seqincrement AS increment, s.seqcycle AS cycles,
    s.seqmin AS low, s.seqmax AS high, s.last,
    quote_ident(n.nspname) || '.' || quote_ident(c.relname) AS "table",
    quote_ident(a.attname) AS "column",
    c.relkind = 'f' AS is_foreign,
    b.base::regtype::text AS type,
    b.base IN ('int2'::regtype, 'int4'::regtype, 'int8'::regtype, 'numeric'::regtype) AS numbers,
    coalesce(x.expression ~ (
        '^\(*nextval\(\(*''(?:[^'']|'''')*''::(?:regclass|text)\)*(?:::regclass)?\)*'
        || '(?:::[a-z0-9_ ().,"]+)?$'), true) AS plain
FROM fed
LEFT JOIN sequences AS s ON s.seqrelid = fed.sequence
JOIN pg_class AS c ON c.oid = fed."table" AND c.relkind IN ('r', 'p', 'f')
JOIN pg_namespace AS n ON n.oid = c.relnamespace
JOIN pg_attribute AS a ON a.attrelid = fed."table" AND a.attnum = fed.number
JOIN bases AS b ON b.oid = a.atttypid
LEFT JOIN defaults AS x ON x."table" = fed."table" AND x.number = fed.number
WHERE NOT EXISTS (
    SELECT FROM pg_inherits AS i
    JOIN fed AS f ON f."table" = i.inhparent AND f.sequence = fed.sequence
    JOIN pg_attribute AS pa ON pa.attrelid = f."table" AND pa.attnum = f.number
    WHERE i.inhrelid = fed."table" AND pa.attname = a.attname
)
ORDER BY s.name, 8, 9
