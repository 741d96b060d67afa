-- Where it connects to may hold a password; a dump brings it back disabled. Of PostgreSQL 13 a plain
-- role may read no more than these columns: not subsynccommit, and not even oid.
SELECT
    quote_ident(s.subname) AS name,
    json_strip_nulls(json_build_object(
        'owner', s.subowner::regrole::text,
        'slot', s.subslotname,
        'publications', (SELECT json_agg(one ORDER BY one) FROM unnest(s.subpublications) AS one)
    ))::text AS definition
FROM pg_subscription AS s
JOIN pg_database AS d ON d.oid = s.subdbid
WHERE d.datname = current_database()
