-- A partitioned table is told of once, at its root, when one of its partitions has no key: a root
-- by itself can often have none, since a key must hold the columns that divide it. Where such a
-- table is published without another replica identity, PostgreSQL refuses every UPDATE and DELETE:
-- that is an error, whatever wal_level says. Tables of migration tools are told of only then.
WITH RECURSIVE roots AS (
    SELECT c.oid, c.relkind = 'p' AS partitioned, n.nspname, c.relname,
           lower(c.relname) = ANY (%(bookkeeping)s) AS booked
    FROM pg_class AS c
    JOIN pg_namespace AS n ON n.oid = c.relnamespace
    WHERE c.relkind IN ('r', 'p') AND NOT c.relispartition
      AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
      AND NOT EXISTS (SELECT FROM pg_index AS i WHERE i.indrelid = c.oid AND i.indisprimary)
      AND NOT EXISTS (
          SELECT FROM pg_depend AS d WHERE d.deptype = 'e' AND (d.classid, d.objid) IN
              (('pg_class'::regclass, c.oid), ('pg_namespace'::regclass, n.oid))
      )
),
members AS (
    SELECT oid AS root, oid, partitioned FROM roots
    UNION ALL
    SELECT m.root, c.oid, c.relkind = 'p'
    FROM members AS m
    JOIN pg_inherits AS i ON i.inhparent = m.oid
    JOIN pg_class AS c ON c.oid = i.inhrelid AND c.relkind IN ('r', 'p')
    WHERE m.partitioned
),
published AS (
    SELECT DISTINCT c.oid
    FROM pg_publication AS p
    JOIN pg_publication_tables AS t ON t.pubname = p.pubname
    JOIN pg_namespace AS n ON n.nspname = t.schemaname
    JOIN pg_class AS c ON c.relnamespace = n.oid AND c.relname = t.tablename
    WHERE p.pubupdate OR p.pubdelete
),
counted AS (
    SELECT
        m.root,
        count(*) AS leaves,
        coalesce(array_agg(quote_ident(n.nspname) || '.' || quote_ident(c.relname) ORDER BY c.oid)
                 FILTER (WHERE k.indrelid IS NULL), '{}') AS bare,
        min(pg_get_constraintdef(pk.oid)) AS sibling,
        sum(pg_relation_size(m.oid)) AS bytes,
        coalesce(bool_or(
            c.relreplident <> 'f'
            AND (m.oid IN (SELECT oid FROM published) OR m.root IN (SELECT oid FROM published))
            AND NOT EXISTS (SELECT FROM pg_index AS i WHERE i.indrelid = m.oid AND i.indisreplident)
        ) FILTER (WHERE k.indrelid IS NULL), false) AS broken
    FROM members AS m
    JOIN pg_class AS c ON c.oid = m.oid
    JOIN pg_namespace AS n ON n.oid = c.relnamespace
    LEFT JOIN pg_index AS k ON k.indrelid = m.oid AND k.indisprimary
    LEFT JOIN pg_constraint AS pk ON pk.conrelid = m.oid AND pk.contype = 'p'
    WHERE NOT m.partitioned
    GROUP BY m.root
),
candidates AS (
    SELECT DISTINCT ON (i.indrelid)
        i.indrelid, quote_ident(x.relname) AS index, key.columns,
        key.plain AND NOT EXISTS (SELECT FROM pg_constraint AS k WHERE k.conindid = x.oid) AS ready
    FROM pg_index AS i
    JOIN pg_class AS x ON x.oid = i.indexrelid
    CROSS JOIN LATERAL (
        SELECT
            string_agg(quote_ident(a.attname), ', ' ORDER BY u.place) AS columns,
            bool_and(a.attnotnull) AS filled,
            bool_and(o.opcdefault AND (i.indcollation::oid[])[u.place - 1] = a.attcollation
                     AND (i.indoption::int2[])[u.place - 1] = 0) AS plain
        FROM unnest((i.indkey::int2[])[0:i.indnkeyatts - 1]) WITH ORDINALITY AS u (number, place)
        JOIN pg_attribute AS a ON a.attrelid = i.indrelid AND a.attnum = u.number
        JOIN pg_opclass AS o ON o.oid = (i.indclass::oid[])[u.place - 1]
    ) AS key
    WHERE i.indrelid IN (SELECT oid FROM roots)
      AND i.indisunique AND i.indisvalid AND i.indimmediate AND i.indpred IS NULL
      AND i.indexprs IS NULL AND key.filled
      -- 15 and newer; equal NULLs are no use to a key, which has none.
      AND coalesce(to_jsonb(i) ->> 'indnullsnotdistinct', 'false') = 'false'
    ORDER BY i.indrelid, 4 DESC, i.indnkeyatts, i.indexrelid
)
SELECT
    quote_ident(r.nspname) || '.' || quote_ident(r.relname) AS "table",
    r.partitioned,
    coalesce(counted.leaves, 0) AS leaves,
    coalesce(counted.bare, '{}') AS bare,
    counted.sibling,
    coalesce(counted.broken, false) AS broken,
    pg_size_pretty(coalesce(counted.bytes, 0)) AS size,
    candidates.index,
    coalesce(candidates.columns, inherited.columns) AS columns,
    candidates.ready,
    quote_ident(left(r.relname, 50) || '_pkey') AS name,
    -- Identity reaches no child, and no partition before 17.
    CASE WHEN EXISTS (SELECT FROM pg_inherits AS i WHERE i.inhparent = r.oid)
              AND (NOT r.partitioned OR current_setting('server_version_num')::int < 170000)
         THEN 'bigserial' ELSE 'bigint GENERATED ALWAYS AS IDENTITY' END AS number,
    (SELECT quote_ident(word) FROM unnest(ARRAY['id', 'row_id', 'row_key', 'row_number_id'])
        WITH ORDINALITY AS names (word, place)
     WHERE NOT EXISTS (SELECT FROM pg_attribute AS a WHERE a.attrelid = r.oid AND a.attname = word)
     ORDER BY place LIMIT 1) AS free,
    0 = ANY (divided.partattrs::int2[]) AS by_expression,
    (SELECT string_agg(quote_ident(a.attname), ', ' ORDER BY u.place)
     FROM unnest(divided.partattrs::int2[]) WITH ORDINALITY AS u (number, place)
     JOIN pg_attribute AS a ON a.attrelid = r.oid AND a.attnum = u.number) AS divided_by
FROM roots AS r
LEFT JOIN counted ON counted.root = r.oid
LEFT JOIN candidates ON candidates.indrelid = r.oid
LEFT JOIN pg_partitioned_table AS divided ON divided.partrelid = r.oid
-- Keys are not inherited, other than columns.
CROSS JOIN LATERAL (
    SELECT string_agg(quote_ident(a.attname), ', ' ORDER BY u.place) AS columns
    FROM (SELECT k.indkey::int2[] AS keys, k.indrelid FROM pg_inherits AS i
          JOIN pg_index AS k ON k.indrelid = i.inhparent AND k.indisprimary
          WHERE i.inhrelid = r.oid ORDER BY i.inhseqno LIMIT 1) AS parent
    CROSS JOIN unnest(parent.keys) WITH ORDINALITY AS u (number, place)
    JOIN pg_attribute AS a ON a.attrelid = parent.indrelid AND a.attnum = u.number
) AS inherited
WHERE (cardinality(counted.bare) > 0
       -- One without any partition yet; one whose partitions all lie elsewhere can have no key.
       OR counted.root IS NULL
       AND NOT EXISTS (SELECT FROM pg_inherits AS i WHERE i.inhparent = r.oid))
  AND (NOT r.booked OR counted.broken)
ORDER BY 1
