SELECT
    quote_ident(l.lanname) AS name,
    json_strip_nulls(json_build_object(
        'owner', l.lanowner::regrole::text,
        'trusted', l.lanpltrusted,
        'handler', nullif(l.lanplcallfoid, 0)::regproc::text,
        'inline', nullif(l.laninline, 0)::regproc::text,
        'validator', nullif(l.lanvalidator, 0)::regproc::text
    ))::text AS definition
FROM pg_language AS l
WHERE l.lanispl
  AND NOT EXISTS (
      SELECT FROM pg_depend AS d
      WHERE d.classid = 'pg_language'::regclass AND d.objid = l.oid AND d.deptype = 'e'
  )
