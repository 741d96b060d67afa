-- Extensions that the backup needs: whether the server has each, and who may create it.
SELECT
    n.name,
    e.name IS NOT NULL AS there,
    coalesce(NOT v.superuser OR v.trusted, false) AS anybody
FROM unnest((%(names)s)::text []) AS n (name)
LEFT JOIN pg_available_extensions AS e ON e.name = n.name
LEFT JOIN pg_available_extension_versions AS v
    ON v.name = e.name AND v.version = e.default_version
ORDER BY n.name
