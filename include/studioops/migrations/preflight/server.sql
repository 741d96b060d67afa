-- Whether this database takes changes, and what stands in the way of quick ones.
SELECT
    current_user AS role,
    current_database() AS database,
    pg_is_in_recovery() AS standby,
    current_setting('default_transaction_read_only')::boolean AS read_only,
    to_regnamespace('studioops') IS NOT NULL AS has_journal,
    coalesce(has_schema_privilege(to_regnamespace('studioops')::oid, 'CREATE'), false)
        AND has_schema_privilege(to_regnamespace('studioops')::oid, 'USAGE') AS may_use_journal,
    has_database_privilege(current_database(), 'CREATE') AS may_make_journal,
    pg_has_role(current_user, 'pg_monitor', 'USAGE')
        OR (SELECT r.rolsuper FROM pg_roles AS r WHERE r.rolname = current_user) AS sees_all,
    CASE
        WHEN (SELECT r.rolsuper FROM pg_roles AS r WHERE r.rolname = current_user)
            OR pg_has_role(current_user, 'pg_read_all_settings', 'USAGE')
            THEN current_setting('data_directory')
    END AS data_directory
