-- Primary keys with a text column that is no foreign key, does not divide the table, has no
-- default (what the database makes means nothing) and is not called an id, a token or a hash. Nor
-- is it one by its values in the statistics, or without any by its length: those are
-- varchar_key's. Codes of up to three letters (ISO) stay as they are. Rows that are part of
-- another one (a foreign key is in their key) are told of only where something refers to them.
WITH keys AS (
    SELECT
        k.oid, k.conname, k.conindid, c.oid AS rel, c.relkind, n.nspname, c.relname, k.conkey,
        divided.partattrs::int2[] AS divided
    FROM pg_constraint AS k
    JOIN pg_class AS c ON c.oid = k.conrelid AND c.relkind IN ('r', 'p') AND NOT c.relispartition
    JOIN pg_namespace AS n ON n.oid = c.relnamespace
    LEFT JOIN pg_partitioned_table AS divided ON divided.partrelid = c.oid
    WHERE k.contype = 'p' AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
      AND lower(c.relname) <> ALL (%(bookkeeping)s)
      AND NOT EXISTS (
          SELECT FROM pg_depend AS d WHERE d.deptype = 'e' AND (d.classid, d.objid) IN
              (('pg_class'::regclass, c.oid), ('pg_namespace'::regclass, n.oid))
      )
),
foreign_columns AS (
    SELECT DISTINCT k.conrelid AS rel, u.number AS att
    FROM pg_constraint AS k CROSS JOIN unnest(k.conkey) AS u (number) WHERE k.contype = 'f'
),
parts AS (
    SELECT
        k.rel, k.nspname, k.relname, k.relkind, u.place,
        a.attname, a.atttypid, a.atttypmod - 4 AS length,
        f.rel IS NOT NULL AS "foreign", a.attnum = ANY (k.divided) AS divides,
        ty.typcategory = 'S' AND f.rel IS NULL
            AND (k.divided IS NULL OR a.attnum <> ALL (k.divided))
            AND (NOT a.atthasdef OR a.attgenerated <> '')
            AND (a.atttypmod < 0 OR a.atttypmod - 4 > 3)
            AND words.name !~ %(id_name)s AND words.name !~ %(drawn_name)s AS perhaps
    FROM keys AS k
    CROSS JOIN LATERAL unnest(k.conkey) WITH ORDINALITY AS u (number, place)
    JOIN pg_attribute AS a ON a.attrelid = k.rel AND a.attnum = u.number
    JOIN pg_type AS ty ON ty.oid = a.atttypid
    LEFT JOIN foreign_columns AS f ON f.rel = k.rel AND f.att = u.number
    CROSS JOIN LATERAL (
        SELECT lower(regexp_replace(a.attname, '([a-z0-9])([A-Z])', '\1_\2', 'g')) AS name
    ) AS words
),
meant AS (
    SELECT p.rel, p.place
    FROM parts AS p
    CROSS JOIN LATERAL (
        SELECT count(value) AS values,
               count(*) FILTER (WHERE length(value) >= 16 AND value ~ %(drawn)s) AS drawn
        FROM pg_stats AS s
        LEFT JOIN unnest(s.most_common_vals::text::text[] || s.histogram_bounds::text::text[])
            AS value ON true
        WHERE s.schemaname = p.nspname AND s.tablename = p.relname AND s.attname = p.attname
          AND s.inherited = (p.relkind = 'p')
    ) AS v
    WHERE p.perhaps AND CASE
        WHEN v.values > 0 THEN v.drawn < v.values
        WHEN p.atttypid = 'bpchar'::regtype THEN p.length NOT IN (32, 36, 38, 40, 64, 128)
        ELSE p.length NOT IN (36, 38)
    END
),
described AS (
    SELECT
        p.rel,
        string_agg(quote_ident(p.attname), ', ' ORDER BY p.place) AS key,
        string_agg(quote_ident(p.attname), ', ' ORDER BY p.place)
            FILTER (WHERE m.rel IS NOT NULL) AS words,
        string_agg(quote_ident(p.attname), ', ' ORDER BY p.place)
            FILTER (WHERE p.divides) AS divided_by,
        bool_or(p.foreign) AS part_of_another
    FROM parts AS p LEFT JOIN meant AS m ON m.rel = p.rel AND m.place = p.place
    GROUP BY p.rel
),
links AS (
    SELECT
        f.conindid,
        string_agg(DISTINCT child."table", ', ') AS referring,
        array_agg(format('ALTER TABLE %%s DROP CONSTRAINT %%I;', child."table", f.conname)
                  ORDER BY f.oid) AS drops,
        array_agg(format('ALTER TABLE %%s ADD CONSTRAINT %%I %%s;', child."table", f.conname,
                         pg_get_constraintdef(f.oid)) ORDER BY f.oid) AS adds
    FROM pg_constraint AS f
    JOIN keys AS k ON k.conindid = f.conindid
    CROSS JOIN LATERAL (
        SELECT quote_ident(n.nspname) || '.' || quote_ident(c.relname) AS "table"
        FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace WHERE c.oid = f.conrelid
    ) AS child
    WHERE f.contype = 'f' AND f.conparentid = 0
    GROUP BY f.conindid
)
SELECT
    quote_ident(k.nspname) || '.' || quote_ident(k.relname) AS "table",
    quote_ident(k.conname) AS name, d.key, d.words, d.divided_by, links.referring,
    coalesce(links.drops, '{}') AS drops, coalesce(links.adds, '{}') AS adds,
    pg_size_pretty((
        WITH RECURSIVE tree (oid) AS (
            SELECT k.rel
            UNION ALL
            -- pg_partition_tree would lock each of them until the transaction ends.
            SELECT h.inhrelid FROM tree JOIN pg_inherits AS h ON h.inhparent = tree.oid
        )
        SELECT sum(pg_total_relation_size(tree.oid)) FROM tree)) AS size,
    -- Identity reaches no child, and no partition before 17.
    CASE WHEN EXISTS (SELECT FROM pg_inherits AS i WHERE i.inhparent = k.rel)
              AND (k.relkind = 'r' OR current_setting('server_version_num')::int < 170000)
         THEN 'bigserial' ELSE 'bigint GENERATED ALWAYS AS IDENTITY' END AS number,
    (SELECT quote_ident(word) FROM unnest(ARRAY['id', 'row_id', 'row_key', 'row_number_id'])
        WITH ORDINALITY AS names (word, place)
     WHERE NOT EXISTS (SELECT FROM pg_attribute AS a WHERE a.attrelid = k.rel AND a.attname = word)
     ORDER BY place LIMIT 1) AS free
FROM keys AS k
JOIN described AS d ON d.rel = k.rel
LEFT JOIN links ON links.conindid = k.conindid
WHERE d.words IS NOT NULL AND (NOT d.part_of_another OR links.referring IS NOT NULL)
ORDER BY 1
