-- What of a column a change of type resets, and what another column in its place would lack.
SELECT
    nullif(a.attstorage, t.typstorage)::text AS storage,
    CASE to_jsonb(a) ->> 'attcompression' WHEN 'p' THEN 'pglz' WHEN 'l' THEN 'lz4' END
        AS compression,
    col_description(a.attrelid, a.attnum) AS comment,
    nullif(a.attstattarget, -1)::int AS statistics,
    coalesce(a.attoptions, '{}') AS options,
    coalesce((
        SELECT jsonb_agg(jsonb_build_object(
            'role', CASE WHEN g.grantee = 0 THEN 'PUBLIC' ELSE g.grantee::regrole::text END,
            'privilege', g.privilege_type,
            'grantable', g.is_grantable
        ))
        FROM aclexplode(a.attacl) AS g
    ), '[]') AS privileges,
    (
        SELECT k.conname FROM pg_constraint AS k
        WHERE k.contype = 'n' AND k.conrelid = a.attrelid AND k.conkey = ARRAY[a.attnum]
    ) AS not_null_name
FROM pg_attribute AS a
JOIN pg_type AS t ON t.oid = a.atttypid
WHERE a.attrelid = to_regclass(%(table)s) AND a.attname = %(column)s
