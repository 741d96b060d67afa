-- Included by checks that widen what a sequence feeds. Wants seeds (seqrelid, wide, table, number):
-- the columns, and the type that each shall have; and columns: all that are too narrow. Gives scripts
-- (seqrelid, script, bytes) and users (seqrelid, names): what stops them.
keys AS (
    SELECT k.conrelid AS child, pair.own, k.confrelid AS parent, pair.far
    FROM pg_constraint AS k CROSS JOIN unnest(k.conkey, k.confkey) AS pair (own, far)
    WHERE k.contype = 'f' AND k.conparentid = 0
),
widened AS (
    SELECT seqrelid, wide, "table", number FROM seeds
    UNION
    SELECT w.seqrelid, w.wide, columns."table", columns.number
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
                'ALTER COLUMN ' || columns.name || ' TYPE ' || w.wide, ', ' ORDER BY w.number)
            || ';' || coalesce(' -- the rules of these domains go: ' || string_agg(
                columns.domain, ', '), '') AS step,
        (
        WITH RECURSIVE tree (oid) AS (
            SELECT w."table"
            UNION ALL
            -- pg_partition_tree would lock each of them until the transaction ends.
            SELECT h.inhrelid FROM tree JOIN pg_inherits AS h ON h.inhparent = tree.oid
        )
        SELECT sum(pg_total_relation_size(tree.oid)) FROM tree) AS bytes
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
    SELECT seqrelid, string_agg(step, E'\n' ORDER BY step) AS script, sum(bytes) AS bytes
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
