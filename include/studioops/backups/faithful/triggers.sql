-- Triggers of those names, copies that partitions have of their parents' ones too.
SELECT
    c.oid::regclass::text || '.' || quote_ident(t.tgname) AS name,
    c.oid::regclass::text AS relation,
    quote_ident(t.tgname) AS trigger
FROM pg_trigger AS t
JOIN pg_class AS c ON c.oid = t.tgrelid
WHERE c.oid::regclass::text || '.' || quote_ident(t.tgname) = ANY(%(names)s)
