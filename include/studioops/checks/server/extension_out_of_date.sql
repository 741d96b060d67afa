-- Extensions whose objects are of an older version than the files on the server, which is what a
-- package upgrade and pg_upgrade leave; and those whose files are not there at all. Whether there
-- is a way from the one version to the other is what the server's files say.
SELECT
    quote_ident(e.extname) AS extension,
    e.extversion AS installed,
    a.default_version AS available,
    a.default_version IS NULL AS gone,
    -- Asked only where there are files: the function fails where there are none.
    CASE WHEN a.default_version IS NOT NULL THEN EXISTS (
        SELECT FROM pg_extension_update_paths(e.extname) AS p
        WHERE p.source = e.extversion AND p.target = a.default_version AND p.path IS NOT NULL)
    END AS way
FROM pg_extension AS e
LEFT JOIN pg_available_extensions AS a ON a.name = e.extname
WHERE a.default_version IS DISTINCT FROM e.extversion
ORDER BY 1
