-- Tables with policies whose row security is off, and policies for roles that are not there.
SELECT
    quote_ident(n.nspname) || '.' || quote_ident(c.relname) AS name,
    c.relrowsecurity AS enabled,
    count(*) AS policies,
    string_agg(quote_ident(p.polname), ', ' ORDER BY p.polname) FILTER (
        WHERE EXISTS (
            SELECT FROM unnest(p.polroles) AS wanted (oid)
            WHERE wanted.oid <> 0
              AND NOT EXISTS (SELECT FROM pg_roles AS r WHERE r.oid = wanted.oid)
        )
    ) AS without_role
FROM pg_policy AS p
JOIN pg_class AS c ON c.oid = p.polrelid
JOIN pg_namespace AS n ON n.oid = c.relnamespace
GROUP BY n.nspname, c.relname, c.relrowsecurity
ORDER BY 1
