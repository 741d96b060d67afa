-- Whether this role may switch triggers off, by the one way that leaves the tables alone.
SELECT
    r.rolsuper AS is_superuser,
    current_user::text AS role,
    current_setting('server_version_num')::integer AS version
FROM pg_roles AS r WHERE r.rolname = current_user
