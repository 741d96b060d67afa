-- What hangs on a database itself, and so is in no dump of it.
SELECT
    d.oid::bigint AS oid,
    pg_get_userbyid(d.datdba) AS owner,
    d.datconnlimit AS connection_limit,
    d.datistemplate AS is_template,
    t.spcname AS tablespace,
    (
        SELECT coalesce(
            jsonb_agg(
                jsonb_build_array(
                    CASE WHEN a.grantee = 0 THEN NULL ELSE pg_get_userbyid(a.grantee) END,
                    a.privilege_type,
                    a.is_grantable
                )
                ORDER BY a.grantee, a.privilege_type
            ),
            '[]'
        )
        FROM aclexplode(coalesce(d.datacl, acldefault('d', d.datdba))) AS a
    ) AS grants,
    (
        SELECT coalesce(
            jsonb_agg(
                jsonb_build_array(
                    CASE WHEN s.setrole = 0 THEN NULL ELSE pg_get_userbyid(s.setrole) END,
                    c.entry
                )
                ORDER BY s.setrole, c.place
            ),
            '[]'
        )
        FROM pg_db_role_setting AS s
        CROSS JOIN LATERAL unnest(s.setconfig) WITH ORDINALITY AS c (entry, place)
        WHERE s.setdatabase = d.oid
    ) AS settings
FROM pg_database AS d
INNER JOIN pg_tablespace AS t ON t.oid = d.dattablespace
WHERE d.datname = %(database)s
