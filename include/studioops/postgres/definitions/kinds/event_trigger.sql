SELECT
    quote_ident(e.evtname) AS name,
    json_strip_nulls(json_build_object(
        'event', e.evtevent,
        'function', e.evtfoid::regprocedure::text,
        'enabled', e.evtenabled,
        'tags', (SELECT json_agg(g ORDER BY g) FROM unnest(e.evttags) AS g),
        'owner', e.evtowner::regrole::text
    ))::text AS definition
FROM pg_event_trigger AS e
WHERE NOT EXISTS (
      SELECT FROM pg_depend AS d
      WHERE d.classid = 'pg_event_trigger'::regclass AND d.objid = e.oid AND d.deptype = 'e'
  )
