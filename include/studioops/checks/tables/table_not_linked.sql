-- Tables that no foreign key ties to another table, in schemas where tables are tied together: a
-- schema without any foreign key was made so, and would be told of table by table. A key of a
-- partition speaks for its root, and one that leads to its own table ties it to nothing.
WITH RECURSIVE trees AS (
    SELECT c.oid AS root, c.oid
    FROM pg_class AS c
    WHERE c.relkind IN ('r', 'p')
      AND NOT EXISTS (SELECT FROM pg_inherits AS i WHERE i.inhrelid = c.oid)
    UNION
    SELECT t.root, i.inhrelid FROM trees AS t JOIN pg_inherits AS i ON i.inhparent = t.oid
),
keys AS (
    SELECT child.root AS child, parent.root AS parent
    FROM pg_constraint AS k
    JOIN trees AS child ON child.oid = k.conrelid
    JOIN trees AS parent ON parent.oid = k.confrelid
    WHERE k.contype = 'f'
),
linked AS (
    SELECT child AS oid FROM keys WHERE child <> parent
    UNION
    SELECT parent FROM keys WHERE child <> parent
),
alone AS (
    SELECT c.oid, quote_ident(n.nspname) || '.' || quote_ident(c.relname) AS "table"
    FROM pg_class AS c
    JOIN pg_namespace AS n ON n.oid = c.relnamespace
    WHERE c.relkind IN ('r', 'p') AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
      AND NOT EXISTS (SELECT FROM pg_inherits AS i WHERE i.inhrelid = c.oid)
      AND c.oid NOT IN (SELECT oid FROM linked)
      AND n.oid IN (SELECT relnamespace FROM linked JOIN pg_class USING (oid))
      AND lower(c.relname) <> ALL (%(bookkeeping)s)
      AND NOT EXISTS (
          SELECT FROM pg_depend AS d WHERE d.deptype = 'e' AND (d.classid, d.objid) IN
              (('pg_class'::regclass, c.oid), ('pg_namespace'::regclass, n.oid))
      )
)
SELECT
    alone."table",
    alone.oid IN (SELECT child FROM keys) AS self,
    named.columns,
    named.first,
    named.count = 1 AS one
FROM alone
CROSS JOIN LATERAL (
    SELECT
        string_agg(quote_ident(a.attname), ', ' ORDER BY a.attnum) AS columns,
        (array_agg(quote_ident(a.attname) ORDER BY a.attnum))[1] AS first,
        count(*) AS count
    FROM pg_attribute AS a
    WHERE a.attrelid = alone.oid AND a.attnum > 0 AND NOT a.attisdropped
      AND a.attname ~ '(_id|_uuid|_fk|[a-z]I[dD])$'
      AND NOT EXISTS (SELECT FROM pg_index AS i WHERE i.indrelid = alone.oid AND i.indisprimary
                      AND a.attnum = ANY (i.indkey::int2[]))
) AS named
ORDER BY 1
