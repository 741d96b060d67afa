SELECT
    concat_ws(' ', d.defaclrole::regrole::text,
        'in ' || nullif(d.defaclnamespace, 0)::regnamespace::text,
        'on', CASE d.defaclobjtype WHEN 'r' THEN 'tables' WHEN 'S' THEN 'sequences'
            WHEN 'f' THEN 'functions' WHEN 'T' THEN 'types' WHEN 'n' THEN 'schemas'
            ELSE 'large objects' END) AS name,
    coalesce((
        SELECT string_agg(g.line, E'\n' ORDER BY g.line COLLATE "C")
        FROM (
            SELECT DISTINCT
                CASE WHEN a.grantee = 0 THEN 'PUBLIC' ELSE a.grantee::regrole::text END || ': '
                    || a.privilege_type
                    || CASE WHEN a.is_grantable THEN ' WITH GRANT OPTION' ELSE '' END AS line
            FROM aclexplode(d.defaclacl) AS a
        ) AS g
    ), 'nobody') AS definition
FROM pg_default_acl AS d
