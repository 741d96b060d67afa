-- Where amcheck's functions are and what they take, which differs by the extension's version.
SELECT
    quote_ident(n.nspname) AS schema,
    p.proname AS name,
    max(p.pronargs) AS arguments,
    bool_and(has_function_privilege(p.oid, 'EXECUTE')) AS allowed,
    string_agg(p.oid::regprocedure::text, ', ') AS signatures
FROM pg_extension AS e
JOIN pg_depend AS d ON d.refclassid = 'pg_extension'::regclass AND d.refobjid = e.oid
    AND d.classid = 'pg_proc'::regclass
JOIN pg_proc AS p ON p.oid = d.objid
JOIN pg_namespace AS n ON n.oid = p.pronamespace
WHERE e.extname = 'amcheck' AND p.proname IN ('bt_index_check', 'verify_heapam')
GROUP BY n.nspname, p.proname
