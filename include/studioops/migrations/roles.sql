-- The roles that own something here, or are granted something, besides the journal's schema.
WITH ours (class, oid) AS (
    SELECT 'pg_namespace'::regclass, to_regnamespace('studioops')::oid
    UNION ALL
    SELECT 'pg_class'::regclass, c.oid FROM pg_class AS c
    WHERE c.relnamespace = to_regnamespace('studioops')
    UNION ALL
    SELECT 'pg_proc'::regclass, p.oid FROM pg_proc AS p
    WHERE p.pronamespace = to_regnamespace('studioops')
)
SELECT DISTINCT named.oid::regrole::text AS name
FROM (
    SELECT s.refobjid AS oid
    FROM pg_shdepend AS s
    JOIN pg_database AS d ON d.oid = s.dbid
    WHERE d.datname = current_database() AND s.refclassid = 'pg_authid'::regclass
      AND NOT EXISTS (SELECT FROM ours AS o WHERE o.class = s.classid AND o.oid = s.objid)
    -- Who made the cluster owns things without being noted there.
    UNION
    SELECT c.relowner FROM pg_class AS c
    WHERE c.oid >= 16384 AND c.relpersistence <> 't' AND c.relkind NOT IN ('t', 'i')
      AND c.relnamespace IS DISTINCT FROM to_regnamespace('studioops')
) AS named
