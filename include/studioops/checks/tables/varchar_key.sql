-- Text columns of primary keys and unique indexes, each with the foreign-key columns that follow
-- it: they can only change together, and are told of at the column that all of them refer to. What
-- it holds is taken from its statistics, else from theirs; no table is read. Every value seen must
-- be a uuid; 32 bare digits could be a hash and numbers a code, so that those count only where the
-- name says id. Without a value, a length of 36 or 38 says uuid, 32 only under such a name.
WITH RECURSIVE keys AS (
    SELECT DISTINCT a.attrelid AS rel, a.attnum AS att
    FROM pg_index AS i
    JOIN pg_class AS c ON c.oid = i.indrelid AND c.relkind IN ('r', 'p')
    JOIN pg_namespace AS n ON n.oid = c.relnamespace
    CROSS JOIN LATERAL unnest((i.indkey::int2[])[0:i.indnkeyatts - 1]) AS u (number)
    JOIN pg_attribute AS a ON a.attrelid = i.indrelid AND a.attnum = u.number AND a.attinhcount = 0
    JOIN pg_type AS ty ON ty.oid = a.atttypid AND ty.typcategory = 'S'
    WHERE i.indisunique AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
      AND lower(c.relname) <> ALL (%(bookkeeping)s)
      AND NOT EXISTS (
          SELECT FROM pg_depend AS d WHERE d.deptype = 'e' AND (d.classid, d.objid) IN
              (('pg_class'::regclass, c.oid), ('pg_namespace'::regclass, n.oid))
      )
),
edges AS (
    SELECT k.oid, k.conrelid AS child, u.child_att, k.confrelid AS parent, u.parent_att
    FROM pg_constraint AS k
    CROSS JOIN LATERAL unnest(k.conkey, k.confkey) AS u (child_att, parent_att)
    WHERE k.contype = 'f' AND k.conparentid = 0
      AND (k.conrelid, u.child_att) <> (k.confrelid, u.parent_att)
),
trees AS (
    SELECT rel AS root, att AS root_att, rel, att, NULL::oid AS via FROM keys
    WHERE (rel, att) NOT IN (SELECT child, child_att FROM edges)
    UNION
    SELECT t.root, t.root_att, e.child, e.child_att, e.oid
    FROM trees AS t JOIN edges AS e ON e.parent = t.rel AND e.parent_att = t.att
),
sampled AS (
    SELECT
        t.root, t.root_att, bool_or(t.via IS NULL AND v.unknown) AS unknown, max(v.bytes) AS bytes,
        sum(v.values) AS values, sum(v.uuids) AS uuids,
        sum(v.bare) AS bare, sum(v.numbers) AS numbers,
        array_agg(DISTINCT t.rel || ' ' || t.att) AS columns,
        array_agg(DISTINCT t.via) FILTER (WHERE t.via IS NOT NULL) AS links
    FROM trees AS t
    JOIN pg_class AS top ON top.oid = t.root
    JOIN pg_class AS c ON c.oid = t.rel
    JOIN pg_attribute AS a ON a.attrelid = t.rel AND a.attnum = t.att
    CROSS JOIN LATERAL (
        SELECT
            max(pg_total_relation_size(heap.oid)) AS bytes,
            bool_or(NOT s.known AND pg_relation_size(heap.oid) >= %(least_bytes)s) AS unknown,
            sum(s.values) AS values, sum(s.uuids) AS uuids,
            sum(s.bare) AS bare, sum(s.numbers) AS numbers
        FROM (
            SELECT t.rel AS oid WHERE c.relkind <> 'p'
            UNION ALL
            (
                -- pg_partition_tree would lock each of them until the transaction ends.
                WITH RECURSIVE tree (oid) AS (
                    SELECT h.inhrelid FROM pg_inherits AS h
                    WHERE h.inhparent = t.rel AND c.relkind = 'p'
                    UNION ALL
                    SELECT h.inhrelid FROM tree JOIN pg_inherits AS h ON h.inhparent = tree.oid
                )
                SELECT tree.oid FROM tree JOIN pg_class AS leaf USING (oid)
                WHERE leaf.relkind <> 'p'
            )
        ) AS heap
        JOIN pg_class AS h ON h.oid = heap.oid
        JOIN pg_namespace AS n ON n.oid = h.relnamespace
        CROSS JOIN LATERAL (
            -- Row by row and by name: a join would read all of pg_statistic, and more than once.
            SELECT
                count(*) > 0 AS known,
                count(value) AS values,
                -- The shape first: a pattern that counts to 36 takes three times as long.
                count(*) FILTER (WHERE value LIKE '________-____-____-____-____________'
                                 AND value ~ '^[0-9A-Fa-f-]+$') AS uuids,
                count(*) FILTER (WHERE length(value) = 32 AND value ~ '^[0-9A-Fa-f]+$') AS bare,
                -- What begins with 0 is a code, which a number would spoil.
                count(*) FILTER (WHERE length(value) <= 18
                                 AND value ~ '^(0|[1-9][0-9]*)$') AS numbers
            FROM pg_stats AS s
            LEFT JOIN unnest(s.most_common_vals::text::text[] || s.histogram_bounds::text::text[])
                AS u (raw) ON true
            LEFT JOIN LATERAL btrim(u.raw, '{} ') AS value ON true
            WHERE s.schemaname = n.nspname AND s.tablename = h.relname AND s.attname = a.attname
              AND NOT s.inherited
              -- What follows a key holds only its values: asked where the key has no statistics.
              AND (t.via IS NULL OR top.reltuples <= 0)
        ) AS s
    ) AS v
    GROUP BY t.root, t.root_att
),
judged AS (
    SELECT
        s.*, quote_ident(n.nspname) || '.' || quote_ident(c.relname) AS "table",
        quote_ident(a.attname) AS column, format_type(a.atttypid, a.atttypmod) AS type,
        CASE
            WHEN coalesce(s.values, 0) = 0 THEN
                CASE WHEN a.atttypmod - 4 IN (36, 38) OR a.atttypmod - 4 = 32 AND named.id
                     THEN 'uuid' END
            WHEN s.uuids = s.values OR s.uuids + s.bare = s.values AND named.id THEN 'uuid'
            WHEN s.numbers = s.values AND s.values >= %(least_values)s AND named.id THEN 'bigint'
        END AS new_type
    FROM sampled AS s
    JOIN pg_attribute AS a ON a.attrelid = s.root AND a.attnum = s.root_att
    JOIN pg_class AS c ON c.oid = s.root
    JOIN pg_namespace AS n ON n.oid = c.relnamespace
    CROSS JOIN LATERAL (
        SELECT lower(regexp_replace(a.attname, '([a-z0-9])([A-Z])', '\1_\2', 'g'))
               ~ %(id_name)s AS id
    ) AS named
)
SELECT
    j."table", j.column, j.type, j.new_type, j.values > 0 AS seen, pg_size_pretty(j.bytes) AS size,
    (
        SELECT json_agg(json_build_object(
            'table', quote_ident(n.nspname) || '.' || quote_ident(c.relname),
            'column', quote_ident(a.attname), 'value', pg_get_expr(d.adbin, d.adrelid),
            'follows', (a.attrelid, a.attnum) <> (j.root, j.root_att))
            ORDER BY n.nspname, c.relname, a.attnum)
        FROM unnest(j.columns) AS u (place)
        JOIN pg_attribute AS a ON a.attrelid = split_part(u.place, ' ', 1)::oid
            AND a.attnum = split_part(u.place, ' ', 2)::int2
        JOIN pg_class AS c ON c.oid = a.attrelid
        JOIN pg_namespace AS n ON n.oid = c.relnamespace
        LEFT JOIN pg_attrdef AS d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
    ) AS columns,
    (
        SELECT json_agg(json_build_object(
            'table', quote_ident(n.nspname) || '.' || quote_ident(c.relname),
            'name', quote_ident(k.conname), 'definition', pg_get_constraintdef(k.oid))
            ORDER BY k.oid)
        FROM pg_constraint AS k
        JOIN pg_class AS c ON c.oid = k.conrelid
        JOIN pg_namespace AS n ON n.oid = c.relnamespace
        WHERE k.oid = ANY (j.links)
    ) AS links,
    NULL AS unseen
FROM judged AS j
WHERE j.new_type IS NOT NULL
UNION ALL
SELECT NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, format(
    '%%1$s text keys have no statistics (or none that this role may see) to be judged by, such as '
    '%%2$s (%%3$s); next: ANALYZE %%2$s, or ask as a role that may read it',
    count(*), min("table"), (array_agg("column" ORDER BY "table"))[1])
FROM judged WHERE new_type IS NULL AND unknown AND coalesce(values, 0) = 0
HAVING count(*) > 0
ORDER BY 1, 2
