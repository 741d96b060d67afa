SELECT
    o.oid::regoperator::text AS name,
    json_strip_nulls(json_build_object(
        'owner', o.oprowner::regrole::text,
        'function', o.oprcode::regprocedure::text,
        'result', format_type(o.oprresult, NULL),
        'commutator', nullif(o.oprcom, 0)::regoperator::text,
        'negator', nullif(o.oprnegate, 0)::regoperator::text,
        'restrict', nullif(o.oprrest, 0)::regproc::text,
        'join', nullif(o.oprjoin, 0)::regproc::text,
        'merges', o.oprcanmerge,
        'hashes', o.oprcanhash
    ))::text AS definition
FROM pg_operator AS o
JOIN pg_namespace AS n ON n.oid = o.oprnamespace
WHERE n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
  -- One that is only named as a commutator or negator is not there yet.
  AND o.oprcode <> 0
  AND NOT EXISTS (
      SELECT FROM pg_depend AS d
      WHERE d.classid = 'pg_operator'::regclass AND d.objid = o.oid AND d.deptype = 'e'
  )
