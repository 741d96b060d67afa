SELECT
    quote_ident(n.nspname) || '.' || quote_ident(o.opcname)
        || ' USING ' || quote_ident(m.amname) AS name,
    json_strip_nulls(json_build_object(
        'owner', o.opcowner::regrole::text,
        'type', format_type(o.opcintype, NULL),
        'default', o.opcdefault,
        'key', format_type(nullif(o.opckeytype, 0), NULL),
        'family', (SELECT quote_ident(f.opfname) FROM pg_opfamily AS f WHERE f.oid = o.opcfamily)
    ))::text AS definition
FROM pg_opclass AS o
JOIN pg_am AS m ON m.oid = o.opcmethod
JOIN pg_namespace AS n ON n.oid = o.opcnamespace
WHERE n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
  AND NOT EXISTS (
      SELECT FROM pg_depend AS d
      WHERE d.classid = 'pg_opclass'::regclass AND d.objid = o.oid AND d.deptype = 'e'
  )
