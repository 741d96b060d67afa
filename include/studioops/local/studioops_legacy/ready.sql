-- May this role load here, is there an owner, and what is here already (NULL: nothing)?
WITH present AS (
    SELECT 'pg_class'::regclass AS catalog, oid, relnamespace AS schema FROM pg_class
    UNION ALL SELECT 'pg_proc'::regclass, oid, pronamespace FROM pg_proc
    UNION ALL SELECT 'pg_type'::regclass, oid, typnamespace FROM pg_type
    UNION ALL SELECT 'pg_namespace'::regclass, oid, oid FROM pg_namespace
        WHERE nspname <> 'public'
)
SELECT (SELECT rolsuper FROM pg_roles WHERE rolname = current_user),
       EXISTS (SELECT FROM pg_roles WHERE rolname = %(owner)s),
       (SELECT pg_describe_object(p.catalog, p.oid, 0)
        FROM present AS p JOIN pg_namespace AS n ON n.oid = p.schema
        WHERE n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
          AND NOT EXISTS (SELECT FROM pg_depend AS d
              WHERE d.classid = p.catalog AND d.objid = p.oid AND d.deptype IN ('e', 'i'))
        ORDER BY p.catalog, p.oid LIMIT 1)
