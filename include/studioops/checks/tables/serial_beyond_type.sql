-- Columns of integer or smallint (or of a domain over them) that a sequence feeds whose range is
-- wider: owned by the column, its identity, or named in its DEFAULT alone, which neither
-- pg_get_serial_sequence nor a dependency of type 'a' shows. A serial of 10 and newer has a
-- sequence of the column's own type and ends with an error of its own: see sequence_near_end.
-- What refers to such a column, at any distance, has to be widened with it. What is inherited, by
-- partitions too, can be changed only where it comes from.
WITH RECURSIVE narrow (type, top) AS (
    VALUES ('int2'::regtype::oid, 32767::numeric), ('int4'::regtype::oid, 2147483647)
    UNION ALL
    SELECT d.oid, narrow.top FROM pg_type AS d JOIN narrow ON d.typbasetype = narrow.type
    WHERE d.typtype = 'd'
),
columns AS (
    SELECT
        c.oid AS "table", a.attnum AS number, quote_ident(a.attname) AS name, a.atttypid,
        narrow.top,
        quote_ident(n.nspname) || '.' || quote_ident(c.relname) AS table_name,
        CASE WHEN a.atttypid NOT IN ('int2'::regtype, 'int4'::regtype)
             THEN format_type(a.atttypid, NULL) END AS domain
    FROM narrow
    JOIN pg_attribute AS a ON a.atttypid = narrow.type AND a.attnum > 0 AND a.attinhcount = 0
    JOIN pg_class AS c ON c.oid = a.attrelid AND c.relkind IN ('r', 'p')
    JOIN pg_namespace AS n ON n.oid = c.relnamespace
    WHERE n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
      AND NOT EXISTS (SELECT FROM pg_depend AS e WHERE e.classid = 'pg_class'::regclass
                      AND e.objid = c.oid AND e.deptype = 'e')
),
defaults AS (
    SELECT
        columns.*, d.refobjid AS sequence, pg_get_expr(x.adbin, x.adrelid) AS expression
    FROM columns
    JOIN pg_attrdef AS x ON x.adrelid = columns."table" AND x.adnum = columns.number
    LEFT JOIN (pg_depend AS d JOIN pg_sequence AS s ON s.seqrelid = d.refobjid)
        ON d.classid = 'pg_attrdef'::regclass AND d.objid = x.oid
        AND d.refclassid = 'pg_class'::regclass
),
fed AS (
    SELECT d.refobjid AS "table", d.refobjsubid AS number, d.objid AS sequence
    FROM pg_depend AS d
    WHERE d.classid = 'pg_class'::regclass AND d.refclassid = 'pg_class'::regclass
      AND d.deptype IN ('a', 'i') AND d.refobjsubid > 0
    UNION
    -- Where a DEFAULT computes with the number (nextval(...) %% 100), its range says nothing.
    SELECT "table", number, sequence FROM defaults
    WHERE expression ~ $re$^\(?nextval\('(''|[^'])*'::regclass\)\)?(::[a-z ]+)?$$re$
),
placed AS (
    SELECT
        columns.*, s.*, s.seqincrement > 0 AS up, format_type(s.seqtypid, NULL) AS wide,
        CASE WHEN has_sequence_privilege(s.seqrelid, 'SELECT, USAGE') THEN
            coalesce(pg_sequence_last_value(s.seqrelid), s.seqstart::numeric - s.seqincrement)
        END AS at
    FROM fed
    JOIN columns USING ("table", number)
    JOIN pg_sequence AS s ON s.seqrelid = fed.sequence
    WHERE CASE WHEN s.seqincrement > 0 THEN s.seqmax > top ELSE s.seqmin < -top - 1 END
),
seeds AS (SELECT seqrelid, wide, "table", number FROM placed),
-- include widen
found AS (
    SELECT
        placed.table_name || '.' || placed.name AS column,
        format_type(placed.atttypid, NULL) AS type,
        quote_ident(n.nspname) || '.' || quote_ident(c.relname) AS sequence,
        placed.at,
        CASE WHEN up THEN seqmax ELSE seqmin END AS reach,
        CASE WHEN up THEN top ELSE -top - 1 END AS top,
        CASE WHEN up THEN at + seqincrement > top ELSE at + seqincrement < -top - 1 END AS failing,
        floor(100 * CASE
            WHEN up THEN (at - greatest(seqmin, -top - 1))
                / nullif(top - greatest(seqmin, -top - 1), 0)
            ELSE (least(seqmax, top) - at) / nullif(least(seqmax, top) + top + 1, 0)
        END)::int AS share,
        scripts.script,
        pg_size_pretty(scripts.bytes) AS size,
        users.names AS users
    FROM placed
    JOIN pg_class AS c ON c.oid = placed.seqrelid
    JOIN pg_namespace AS n ON n.oid = c.relnamespace
    JOIN scripts USING (seqrelid)
    LEFT JOIN users USING (seqrelid)
),
hidden (unseen) AS (
    SELECT format(
        '%%s may not read %%s sequences, such as %%s, and can''t tell how far they are; '
        'next: GRANT SELECT ON SEQUENCE %%s TO %%I',
        current_user, count(DISTINCT sequence), min(sequence), min(sequence), current_user)
    FROM found WHERE at IS NULL HAVING count(*) > 0
    UNION ALL
    SELECT format(
        '%%s columns name their sequence as text, such as %%s, and nobody can tell which it is; '
        'next: ALTER TABLE ... SET DEFAULT nextval(''SEQUENCE'')',
        count(*), min(table_name || '.' || name || ': DEFAULT ' || expression))
    FROM defaults WHERE expression LIKE '%%nextval(%%' AND sequence IS NULL HAVING count(*) > 0
)
SELECT * FROM found FULL JOIN hidden ON false
ORDER BY found.column
