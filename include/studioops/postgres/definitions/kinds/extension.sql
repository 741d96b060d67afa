SELECT
    quote_ident(e.extname) AS name,
    json_strip_nulls(json_build_object(
        'version', e.extversion,
        'schema', e.extnamespace::regnamespace::text
    ))::text AS definition
FROM pg_extension AS e
