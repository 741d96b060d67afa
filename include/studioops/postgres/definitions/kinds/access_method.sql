SELECT
    quote_ident(m.amname) AS name,
    json_strip_nulls(json_build_object(
        'type', m.amtype,
        'handler', m.amhandler::regproc::text
    ))::text AS definition
FROM pg_am AS m
WHERE m.oid >= 16384
  AND NOT EXISTS (
      SELECT FROM pg_depend AS d
      WHERE d.classid = 'pg_am'::regclass AND d.objid = m.oid AND d.deptype = 'e'
  )
