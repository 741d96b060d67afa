-- What a dump carries only with --create. A setting of an application may be a secret.
SELECT
    CASE WHEN s.setrole = 0 THEN '' ELSE s.setrole::regrole::text || ' ' END
        || split_part(one, '=', 1) AS name,
    CASE
        WHEN strpos(split_part(one, '=', 1), '.') > 0
            THEN 'hash ' || to_hex(hashtextextended(one, 0) & 4294967295)
        ELSE substr(one, strpos(one, '=') + 1)
    END AS definition
FROM pg_db_role_setting AS s
JOIN pg_database AS d ON d.oid = s.setdatabase
CROSS JOIN LATERAL unnest(s.setconfig) AS one
WHERE d.datname = current_database()
UNION ALL
SELECT 'owner', d.datdba::regrole::text
FROM pg_database AS d WHERE d.datname = current_database()
UNION ALL
SELECT 'comment', shobj_description(d.oid, 'pg_database')
FROM pg_database AS d
WHERE d.datname = current_database() AND shobj_description(d.oid, 'pg_database') IS NOT NULL
UNION ALL
SELECT 'connection limit', d.datconnlimit::text
FROM pg_database AS d WHERE d.datname = current_database()
UNION ALL
SELECT 'privileges', string_agg(g.line, E'\n' ORDER BY g.line)
FROM pg_database AS d
CROSS JOIN LATERAL (
    SELECT DISTINCT
        CASE WHEN a.grantee = 0 THEN 'PUBLIC' ELSE a.grantee::regrole::text END || ': '
            || a.privilege_type || CASE WHEN a.is_grantable THEN ' WITH GRANT OPTION' ELSE '' END
            AS line
    FROM aclexplode(coalesce(d.datacl, acldefault('d', d.datdba))) AS a
) AS g
WHERE d.datname = current_database()
