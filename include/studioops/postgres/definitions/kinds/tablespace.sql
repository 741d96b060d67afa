SELECT
    c.oid::regclass::text AS name, quote_ident(s.spcname) AS definition
FROM pg_class AS c
JOIN pg_namespace AS n ON n.oid = c.relnamespace
JOIN pg_tablespace AS s ON s.oid = c.reltablespace
WHERE c.relpersistence <> 't' AND c.relkind IN ('r', 'p', 'm', 'i', 'I')
  AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
