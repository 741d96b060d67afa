-- Not its name: a copy has another. Collation versions are the machine's, not the database's.
SELECT
    'database' AS name,
    json_strip_nulls(json_build_object(
        'encoding', pg_encoding_to_char(d.encoding),
        'collate', d.datcollate,
        'ctype', d.datctype,
        'provider', coalesce(to_jsonb(d) ->> 'datlocprovider', 'c'),
        'locale', coalesce(to_jsonb(d) ->> 'datlocale', to_jsonb(d) ->> 'daticulocale'),
        'rules', to_jsonb(d) ->> 'daticurules'
    ))::text AS definition
FROM pg_database AS d
WHERE d.datname = current_database()
