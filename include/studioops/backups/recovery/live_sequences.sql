-- Where every sequence stands; one that was never called, or may not be read, has no value.
SELECT
    quote_ident(s.schemaname) || '.' || quote_ident(s.sequencename) AS name,
    s.last_value AS value
FROM pg_sequences AS s
ORDER BY 1
