SELECT
    quote_ident(n.nspname) || '.' || quote_ident(s.stxname) AS name,
    json_strip_nulls(json_build_object(
        'owner', s.stxowner::regrole::text,
        'definition', pg_get_statisticsobjdef(s.oid),
        'target', nullif(s.stxstattarget, -1)
    ))::text AS definition
FROM pg_statistic_ext AS s
JOIN pg_namespace AS n ON n.oid = s.stxnamespace
WHERE n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
