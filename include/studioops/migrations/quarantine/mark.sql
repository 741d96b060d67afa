-- Another one whenever a definition has changed: a row of the catalog that is written lies elsewhere
-- from then on, and is another transaction's. What comes with the server has numbers below 16384.
SELECT concat(count(*), ' ', sum(hashtextextended(concat(one.of, one.place, one.since), 0))) AS mark
FROM (
    SELECT 'attribute ' AS of, ctid AS place, xmin AS since FROM pg_attribute WHERE attrelid >= 16384
    UNION ALL
    SELECT 'class ', ctid, xmin FROM pg_class WHERE oid >= 16384
    UNION ALL
    SELECT 'type ', ctid, xmin FROM pg_type WHERE oid >= 16384
    UNION ALL
    SELECT 'constraint ', ctid, xmin FROM pg_constraint WHERE oid >= 16384
    UNION ALL
    SELECT 'trigger ', ctid, xmin FROM pg_trigger WHERE oid >= 16384
    UNION ALL
    SELECT 'index ', ctid, xmin FROM pg_index WHERE indexrelid >= 16384
    UNION ALL
    SELECT 'inherits ', ctid, xmin FROM pg_inherits
    UNION ALL
    SELECT 'namespace ', ctid, xmin FROM pg_namespace
    UNION ALL
    SELECT 'collation ', ctid, xmin FROM pg_collation WHERE oid >= 16384
    UNION ALL
    SELECT 'operator ', ctid, xmin FROM pg_operator WHERE oid >= 16384
    UNION ALL
    SELECT 'operator class ', ctid, xmin FROM pg_opclass WHERE oid >= 16384
    UNION ALL
    SELECT 'operator of a family ', ctid, xmin FROM pg_amop WHERE oid >= 16384
) AS one
