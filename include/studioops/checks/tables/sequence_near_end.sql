-- How much of its own range a sequence has left behind, from the end that it starts at: what lies
-- before the present value is gone, used or not. One that cycles has no end. last_value is NULL
-- both where a sequence was never used and where the role may not read it: the right tells them
-- apart. A wider sequence needs wider columns: those that it feeds (owned, identity, or in a
-- DEFAULT), and what refers to them at any distance. What is inherited is changed where it comes
-- from.
WITH RECURSIVE sequences AS (
    SELECT
        s.*, s.seqincrement > 0 AS up,
        quote_ident(n.nspname) || '.' || quote_ident(c.relname) AS name,
        CASE WHEN has_sequence_privilege(c.oid, 'SELECT, USAGE') THEN
            coalesce(pg_sequence_last_value(c.oid), s.seqstart::numeric - s.seqincrement)
        END AS at
    FROM pg_sequence AS s
    JOIN pg_class AS c ON c.oid = s.seqrelid
    JOIN pg_namespace AS n ON n.oid = c.relnamespace
    WHERE NOT s.seqcycle AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
      AND NOT EXISTS (SELECT FROM pg_depend AS e WHERE e.classid = 'pg_class'::regclass
                      AND e.objid = c.oid AND e.deptype = 'e')
),
near AS (
    SELECT * FROM (
        SELECT
            sequences.*,
            floor(CASE WHEN up THEN seqmax - at ELSE at - seqmin END / abs(seqincrement))
                AS remaining,
            CASE WHEN up THEN at - seqmin + 1 ELSE seqmax - at + 1 END
                / (seqmax::numeric - seqmin + 1) AS share
        FROM sequences
    ) AS measured
    WHERE 100 * share >= %(share)s OR remaining < 1
),
narrow (type) AS (
    VALUES ('int2'::regtype::oid), ('int4'::regtype::oid)
    UNION ALL
    SELECT d.oid FROM pg_type AS d JOIN narrow ON d.typbasetype = narrow.type
    WHERE d.typtype = 'd'
),
columns AS (
    SELECT
        c.oid AS "table", a.attnum AS number, quote_ident(a.attname) AS name,
        quote_ident(n.nspname) || '.' || quote_ident(c.relname) AS table_name,
        CASE WHEN a.atttypid NOT IN ('int2'::regtype, 'int4'::regtype)
             THEN format_type(a.atttypid, NULL) END AS domain
    FROM narrow
    JOIN pg_attribute AS a ON a.atttypid = narrow.type AND a.attnum > 0 AND a.attinhcount = 0
    JOIN pg_class AS c ON c.oid = a.attrelid AND c.relkind IN ('r', 'p')
    JOIN pg_namespace AS n ON n.oid = c.relnamespace
),
seeds AS (
    SELECT near.seqrelid, 'bigint'::text AS wide, columns."table", columns.number
    FROM near
    JOIN (
        SELECT d.objid AS sequence, d.refobjid AS "table", d.refobjsubid AS number
        FROM pg_depend AS d
        WHERE d.classid = 'pg_class'::regclass AND d.refclassid = 'pg_class'::regclass
          AND d.deptype IN ('a', 'i')
        UNION
        SELECT d.refobjid, x.adrelid, x.adnum
        FROM pg_attrdef AS x
        JOIN pg_depend AS d ON d.classid = 'pg_attrdef'::regclass AND d.objid = x.oid
            AND d.refclassid = 'pg_class'::regclass
    ) AS fed ON fed.sequence = near.seqrelid
    JOIN columns USING ("table", number)
),
-- include widen
hidden (unseen) AS (
    SELECT format(
        '%%s may not read %%s sequences, such as %%s, and can''t tell how far they are; '
        'next: GRANT SELECT ON SEQUENCE %%s TO %%I',
        current_user, count(*), min(name), min(name), current_user)
    FROM sequences WHERE at IS NULL HAVING count(*) > 0
)
SELECT
    near.name AS sequence, near.up, near.at, near.remaining, floor(100 * near.share)::int AS share,
    CASE WHEN near.up THEN near.seqmax ELSE near.seqmin END AS bound,
    scripts.script, pg_size_pretty(scripts.bytes) AS size, users.names AS users,
    abs(CASE WHEN near.up THEN near.seqmax ELSE near.seqmin + 1 END) = 9223372036854775807
        AS widest,
    abs(CASE WHEN near.up THEN near.seqmax ELSE near.seqmin + 1 END)
        NOT IN (32767, 2147483647, 9223372036854775807) AS chosen,
    hidden.unseen
FROM near
LEFT JOIN scripts USING (seqrelid)
LEFT JOIN users USING (seqrelid)
FULL JOIN hidden ON false
ORDER BY near.name
