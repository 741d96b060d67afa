-- Where it stands is no part of what it is: see sequences.sql.
SELECT
    c.oid::regclass::text AS name,
    json_strip_nulls(json_build_object(
        'type', format_type(s.seqtypid, NULL),
        'start', s.seqstart,
        'min', s.seqmin,
        'max', s.seqmax,
        'increment', s.seqincrement,
        'cycle', s.seqcycle,
        'cache', s.seqcache,
        'persistence', c.relpersistence,
        'owner', c.relowner::regrole::text,
        'owned by', o.refobjid::regclass::text || '.' || quote_ident(a.attname),
        'identity', CASE WHEN o.deptype = 'i' THEN true END
    ))::text AS definition
FROM pg_sequence AS s
JOIN pg_class AS c ON c.oid = s.seqrelid
JOIN pg_namespace AS n ON n.oid = c.relnamespace
LEFT JOIN pg_depend AS o ON o.classid = 'pg_class'::regclass AND o.objid = c.oid
    AND o.refclassid = 'pg_class'::regclass AND o.refobjsubid > 0 AND o.deptype IN ('a', 'i')
LEFT JOIN pg_attribute AS a ON a.attrelid = o.refobjid AND a.attnum = o.refobjsubid
WHERE c.relpersistence <> 't'
  AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
  AND NOT EXISTS (
      SELECT FROM pg_depend AS d
      WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'e'
  )
