-- What a server before PostgreSQL 15 does not keep of its databases.
SELECT
    quote_ident(d.datname) AS name,
    d.datcollversion AS recorded,
    pg_database_collation_actual_version(d.oid) AS actual
FROM pg_database AS d
WHERE d.datname = current_database()
