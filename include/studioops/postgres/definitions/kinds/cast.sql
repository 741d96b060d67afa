SELECT
    format_type(c.castsource, NULL) || ' AS ' || format_type(c.casttarget, NULL) AS name,
    json_strip_nulls(json_build_object(
        'function', nullif(c.castfunc, 0)::regprocedure::text,
        'context', c.castcontext,
        'method', c.castmethod
    ))::text AS definition
FROM pg_cast AS c
WHERE c.oid >= 16384
  AND NOT EXISTS (
      SELECT FROM pg_depend AS d
      WHERE d.classid = 'pg_cast'::regclass AND d.objid = c.oid AND d.deptype = 'e'
  )
