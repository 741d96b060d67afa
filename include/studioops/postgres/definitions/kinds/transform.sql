SELECT
    format_type(t.trftype, NULL) || ' in ' || (
        SELECT quote_ident(l.lanname) FROM pg_language AS l WHERE l.oid = t.trflang
    ) AS name,
    json_strip_nulls(json_build_object(
        'from', nullif(t.trffromsql, 0)::regprocedure::text,
        'to', nullif(t.trftosql, 0)::regprocedure::text
    ))::text AS definition
FROM pg_transform AS t
WHERE NOT EXISTS (
      SELECT FROM pg_depend AS d
      WHERE d.classid = 'pg_transform'::regclass AND d.objid = t.oid AND d.deptype = 'e'
  )
