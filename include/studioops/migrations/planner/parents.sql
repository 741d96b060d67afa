-- What of tables decides whether a foreign key can stand between them, beside their indexes:
-- whether they are logged, which unique indexes are looked at only when a transaction ends, and
-- which columns nobody can write.
SELECT
    c.oid,
    c.relpersistence::text AS persistence,
    coalesce((
        SELECT array_agg(x.relname::text ORDER BY x.relname)
        FROM pg_index AS i JOIN pg_class AS x ON x.oid = i.indexrelid
        WHERE i.indrelid = c.oid AND NOT i.indimmediate
    ), '{}') AS late,
    coalesce((
        SELECT array_agg(a.attname::text ORDER BY a.attnum)
        FROM pg_attribute AS a
        WHERE a.attrelid = c.oid AND a.attgenerated <> '' AND NOT a.attisdropped
    ), '{}') AS generated
FROM pg_class AS c
WHERE c.oid = ANY (%(tables)s)
