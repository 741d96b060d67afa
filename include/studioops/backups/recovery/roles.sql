-- Roles that a backup names: whether each is there, may be taken on, and is a superuser.
SELECT
    n.name,
    r.oid IS NOT NULL AS there,
    coalesce(pg_has_role(r.oid, %(word)s), false) AS ours,
    coalesce(r.rolsuper, false) AS is_super
FROM unnest((%(names)s)::text []) AS n (name)
LEFT JOIN pg_roles AS r ON r.rolname = n.name
ORDER BY n.name
