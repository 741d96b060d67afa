SELECT
    quote_ident(n.nspname) || '.' || quote_ident(f.opfname)
        || ' USING ' || quote_ident(m.amname) AS name,
    json_strip_nulls(json_build_object(
        'owner', f.opfowner::regrole::text,
        'operators', (
            SELECT json_agg(
                concat_ws(' ', o.amopstrategy, o.amopopr::regoperator::text, o.amoppurpose)
                ORDER BY o.amopstrategy, o.amopopr::regoperator::text
            )
            FROM pg_amop AS o WHERE o.amopfamily = f.oid
        ),
        'functions', (
            SELECT json_agg(
                concat_ws(' ', o.amprocnum, format_type(o.amproclefttype, NULL),
                    format_type(o.amprocrighttype, NULL), o.amproc::regprocedure::text)
                ORDER BY o.amprocnum, o.amproc::regprocedure::text
            )
            FROM pg_amproc AS o WHERE o.amprocfamily = f.oid
        )
    ))::text AS definition
FROM pg_opfamily AS f
JOIN pg_am AS m ON m.oid = f.opfmethod
JOIN pg_namespace AS n ON n.oid = f.opfnamespace
WHERE n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
  AND NOT EXISTS (
      SELECT FROM pg_depend AS d
      WHERE d.classid = 'pg_opfamily'::regclass AND d.objid = f.oid AND d.deptype = 'e'
  )
