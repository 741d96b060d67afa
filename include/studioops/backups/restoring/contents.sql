-- Whatever a user made has a higher oid than what every new database brings.
SELECT
    (SELECT count(*) FROM pg_class AS c WHERE c.oid >= 16384)
    + (SELECT count(*) FROM pg_proc AS p WHERE p.oid >= 16384)
    + (SELECT count(*) FROM pg_type AS t WHERE t.oid >= 16384)
    + (SELECT count(*) FROM pg_namespace AS n WHERE n.oid >= 16384)
    + (SELECT count(*) FROM pg_extension AS e WHERE e.oid >= 16384) AS objects
