-- The types of columns, and those that a contract names, each with the equality that its default
-- operator class uses: the name "=" alone can mean another operator (citext, hstore, ...).
WITH wanted AS (
    SELECT NULL AS asked, a.atttypid AS oid FROM pg_attribute AS a
    JOIN pg_class AS c ON c.oid = a.attrelid
    JOIN pg_namespace AS n ON n.oid = c.relnamespace
    WHERE a.attnum > 0 AND c.relkind IN ('r', 'p', 'f', 'v', 'm')
      AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
    UNION
    SELECT NULL, t.typbasetype FROM pg_type AS t WHERE t.typtype = 'd'
    UNION
    SELECT name, coalesce(to_regtype(name), to_regtype('public.' || name))::oid
    FROM unnest(%(names)s::text[]) AS name
)
SELECT
    w.asked,
    t.oid,
    format_type(t.oid, NULL) AS name,
    t.typcategory AS category,
    equality.schema AS equality_schema,
    equality.name AS equality_name
FROM wanted AS w
LEFT JOIN pg_type AS t ON t.oid = w.oid
LEFT JOIN LATERAL (
    SELECT s.nspname AS schema, o.oprname AS name
    FROM pg_opclass AS k
    JOIN pg_am AS am ON am.oid = k.opcmethod
    JOIN pg_amop AS f ON f.amopfamily = k.opcfamily
        AND f.amoplefttype = k.opcintype AND f.amoprighttype = k.opcintype
        AND f.amopstrategy = CASE am.amname WHEN 'btree' THEN 3 ELSE 1 END
    JOIN pg_operator AS o ON o.oid = f.amopopr
    JOIN pg_namespace AS s ON s.oid = o.oprnamespace
    WHERE k.opcdefault AND am.amname IN ('btree', 'hash')
      AND k.opcintype = CASE
          WHEN t.oid = 'varchar'::regtype THEN 'text'::regtype
          WHEN t.typtype = 'e' THEN 'anyenum'::regtype
          WHEN t.typtype = 'r' THEN 'anyrange'::regtype
          WHEN t.typtype = 'c' THEN 'record'::regtype
          WHEN t.typcategory = 'A' THEN 'anyarray'::regtype
          ELSE t.oid END
    ORDER BY am.amname LIMIT 1
) AS equality ON true
WHERE w.asked IS NOT NULL OR t.oid IS NOT NULL
