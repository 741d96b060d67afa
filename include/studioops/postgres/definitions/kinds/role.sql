-- Every role that owns something here or is granted something; never a password.
WITH named (oid) AS (
    SELECT s.refobjid
    FROM pg_shdepend AS s
    JOIN pg_database AS d ON d.oid = s.dbid
    WHERE d.datname = current_database() AND s.refclassid = 'pg_authid'::regclass
    -- Who made the cluster owns things without being noted there.
    UNION
    SELECT c.relowner FROM pg_class AS c WHERE c.oid >= 16384 AND c.relpersistence <> 't'
)
SELECT
    r.oid::regrole::text AS name,
    json_strip_nulls(json_build_object(
        'superuser', r.rolsuper,
        'inherit', r.rolinherit,
        'createrole', r.rolcreaterole,
        'createdb', r.rolcreatedb,
        'login', r.rolcanlogin,
        'replication', r.rolreplication,
        'bypassrls', r.rolbypassrls,
        'connection limit', r.rolconnlimit,
        'valid until', r.rolvaliduntil,
        'member of', ARRAY(
            SELECT DISTINCT concat_ws(
                ' ',
                m.roleid::regrole::text,
                CASE WHEN m.admin_option THEN 'admin' END,
                'inherit ' || (to_jsonb(m) ->> 'inherit_option'),
                'set ' || (to_jsonb(m) ->> 'set_option')
            )
            FROM pg_auth_members AS m WHERE m.member = r.oid ORDER BY 1
        ),
        'settings', ARRAY(
            SELECT CASE
                WHEN strpos(split_part(one, '=', 1), '.') > 0 THEN split_part(one, '=', 1)
                    || '=hash ' || to_hex(hashtextextended(one, 0) & 4294967295)
                ELSE one
            END
            FROM pg_db_role_setting AS s CROSS JOIN LATERAL unnest(s.setconfig) AS one
            WHERE s.setdatabase = 0 AND s.setrole = r.oid ORDER BY 1
        )
    ))::text AS definition
FROM pg_roles AS r
JOIN named ON named.oid = r.oid
WHERE r.rolname !~ '^pg_'
