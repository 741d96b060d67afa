-- Where it connects to may hold a password; a dump brings it back disabled.
SELECT
    quote_ident(s.subname) AS name,
    json_strip_nulls(json_build_object(
        'owner', s.subowner::regrole::text,
        'slot', s.subslotname,
        'commit', s.subsynccommit,
        'publications', (SELECT json_agg(one ORDER BY one) FROM unnest(s.subpublications) AS one)
    ))::text AS definition
FROM pg_subscription AS s
JOIN pg_database AS d ON d.oid = s.subdbid
WHERE d.datname = current_database()
