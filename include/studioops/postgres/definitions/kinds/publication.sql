SELECT
    quote_ident(p.pubname) AS name,
    json_strip_nulls(json_build_object(
        'owner', p.pubowner::regrole::text,
        'all tables', p.puballtables,
        'actions', ARRAY[p.pubinsert, p.pubupdate, p.pubdelete, p.pubtruncate],
        'via root', p.pubviaroot,
        'generated', to_jsonb(p) ->> 'pubgencols',
        'tables', CASE WHEN NOT p.puballtables THEN (
            SELECT json_agg(
                concat_ws(' ', quote_ident(t.schemaname) || '.' || quote_ident(t.tablename),
                    to_jsonb(t) ->> 'attnames', to_jsonb(t) ->> 'rowfilter')
                ORDER BY t.schemaname, t.tablename
            )
            FROM pg_publication_tables AS t WHERE t.pubname = p.pubname
        ) END
    ))::text AS definition
FROM pg_publication AS p
