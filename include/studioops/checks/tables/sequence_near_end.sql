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
keys AS (
    SELECT k.conrelid AS child, pair.own, k.confrelid AS parent, pair.far
    FROM pg_constraint AS k CROSS JOIN unnest(k.conkey, k.confkey) AS pair (own, far)
    WHERE k.contype = 'f' AND k.conparentid = 0
),
widened AS (
    SELECT near.seqrelid, columns."table", columns.number
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
    UNION
    SELECT w.seqrelid, columns."table", columns.number
    FROM widened AS w
    JOIN keys ON keys.parent = w."table" AND keys.far = w.number
    JOIN columns ON columns."table" = keys.child AND columns.number = keys.own
),
steps AS (
    SELECT
        w.seqrelid,
        CASE WHEN bool_or(k.objid IS NOT NULL)
             THEN '-- a partition key, so it takes a new table: ' ELSE '' END
            || 'ALTER TABLE ' || columns.table_name || ' ' || string_agg(
                'ALTER COLUMN ' || columns.name || ' TYPE bigint', ', ' ORDER BY w.number)
            || ';' || coalesce(' -- the rules of these domains go: ' || string_agg(
                columns.domain, ', '), '') AS step,
        coalesce(
            (SELECT sum(pg_total_relation_size(p.relid)) FROM pg_partition_tree(w."table") AS p),
            pg_total_relation_size(w."table")) AS bytes
    FROM widened AS w
    JOIN columns USING ("table", number)
    LEFT JOIN (
        -- A table depends on the columns of its partition key as on parts of itself.
        SELECT DISTINCT objid, objsubid FROM pg_depend
        WHERE deptype = 'i' AND classid = 'pg_class'::regclass AND refobjid = objid
    ) AS k ON k.objid = w."table" AND k.objsubid = w.number
    GROUP BY w.seqrelid, w."table", columns.table_name
),
scripts AS MATERIALIZED (
    SELECT seqrelid, string_agg(step, E'\n' ORDER BY step) AS script,
           pg_size_pretty(sum(bytes)) AS size
    FROM steps GROUP BY seqrelid
),
users AS MATERIALIZED (
    SELECT w.seqrelid, string_agg(DISTINCT replace(
        used.type || ' ' || used.identity, 'rule "_RETURN" on', 'view'), ', ') AS names
    FROM widened AS w
    JOIN pg_depend AS d ON d.refclassid = 'pg_class'::regclass AND d.refobjid = w."table"
        AND d.refobjsubid = w.number AND d.deptype = 'n' AND d.classid <> 'pg_constraint'::regclass
    CROSS JOIN pg_identify_object(d.classid, d.objid, 0) AS used
    GROUP BY w.seqrelid
),
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
    scripts.script, scripts.size, users.names AS users,
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
