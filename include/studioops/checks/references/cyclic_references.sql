-- Circles of more than one table. Reachability is followed over distinct pairs of tables (UNION), so
-- that it ends also on thousands of keys: two tables are in one circle when each is reached from the
-- other. Keys that are deferrable break a circle, and are left out; so are self references.
WITH RECURSIVE edges AS (
    SELECT DISTINCT k.conrelid AS child, k.confrelid AS parent
    FROM pg_constraint AS k
    JOIN pg_class AS c ON c.oid = k.conrelid
    JOIN pg_namespace AS n ON n.oid = c.relnamespace
    WHERE k.contype = 'f' AND k.conparentid = 0 AND NOT k.condeferrable AND k.conrelid <> k.confrelid
      AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
),
-- A table that refers to none, or that none refers to, is in no circle: taking them away first keeps
-- the walk small on schemas that are trees.
inner_edges AS (
    SELECT e.child, e.parent FROM edges AS e
    WHERE EXISTS (SELECT FROM edges AS up WHERE up.child = e.parent)
      AND EXISTS (SELECT FROM edges AS down WHERE down.parent = e.child)
),
reached AS (
    SELECT child AS start, parent AS stop FROM inner_edges
    UNION
    SELECT r.start, e.parent FROM reached AS r JOIN inner_edges AS e ON e.child = r.stop
),
circles AS (
    SELECT r.start, array_agg(DISTINCT r.stop ORDER BY r.stop) AS members
    FROM reached AS r
    JOIN reached AS back ON back.start = r.stop AND back.stop = r.start
    GROUP BY r.start
)
SELECT DISTINCT
    (SELECT string_agg(quote_ident(n.nspname) || '.' || quote_ident(c.relname), ', '
                       ORDER BY n.nspname, c.relname)
     FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace
     WHERE c.oid = ANY (circles.members)) AS tables,
    one."table",
    one.name
FROM circles
CROSS JOIN LATERAL (
    SELECT quote_ident(n.nspname) || '.' || quote_ident(c.relname) AS "table",
           quote_ident(k.conname) AS name
    FROM pg_constraint AS k
    JOIN pg_class AS c ON c.oid = k.conrelid
    JOIN pg_namespace AS n ON n.oid = c.relnamespace
    WHERE k.contype = 'f' AND k.conparentid = 0 AND k.conrelid <> k.confrelid AND NOT k.condeferrable
      AND k.conrelid = ANY (circles.members) AND k.confrelid = ANY (circles.members)
    ORDER BY k.oid LIMIT 1
) AS one
WHERE cardinality(circles.members) > 1
ORDER BY tables
