-- A key is a part of another when each of its pairs of columns is one of the other's, to the same
-- table: whatever satisfies the wide one satisfies it. Only where the wide one always looks: under
-- MATCH SIMPLE a NULL in it switches it off, so its columns must be NOT NULL.
WITH keys AS (
    SELECT
        k.oid, k.conrelid, k.confrelid, quote_ident(k.conname) AS name, k.confdeltype, k.confupdtype,
        cardinality(k.conkey) AS wide,
        (SELECT array_agg(a || '>' || b) FROM unnest(k.conkey, k.confkey) AS pair (a, b)) AS pairs,
        (SELECT string_agg(quote_ident(a.attname), ', ' ORDER BY a.attnum) FROM pg_attribute AS a
         WHERE a.attrelid = k.conrelid AND a.attnum = ANY (k.conkey)) AS columns,
        (SELECT bool_and(a.attnotnull) FROM pg_attribute AS a
         WHERE a.attrelid = k.conrelid AND a.attnum = ANY (k.conkey)) AS always
    FROM pg_constraint AS k
    WHERE k.contype = 'f' AND k.conparentid = 0 AND k.convalidated
)
SELECT
    quote_ident(n.nspname) || '.' || quote_ident(c.relname) AS child,
    narrow.name, narrow.columns, other.name AS wide, other.columns AS wide_columns
FROM keys AS narrow
JOIN keys AS other
    ON other.conrelid = narrow.conrelid AND other.confrelid = narrow.confrelid
    AND other.wide > narrow.wide AND other.pairs @> narrow.pairs AND other.always
    AND (other.confdeltype, other.confupdtype) = (narrow.confdeltype, narrow.confupdtype)
JOIN pg_class AS c ON c.oid = narrow.conrelid
JOIN pg_namespace AS n ON n.oid = c.relnamespace
WHERE n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
ORDER BY child, narrow.name
