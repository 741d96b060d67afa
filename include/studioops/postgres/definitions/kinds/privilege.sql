-- No list means the default one. Who granted is left out: what counts is who may do what.
-- Of what belongs to an extension or to PostgreSQL itself, what was changed since it was made.
WITH objects (class, oid, part, name, kind, owner, acl, own) AS (
    SELECT 'pg_class'::regclass, c.oid, 0,
        CASE WHEN c.relkind = 'S' THEN 'sequence ' ELSE 'table ' END || c.oid::regclass::text,
        CASE WHEN c.relkind = 'S' THEN 's' ELSE 'r' END::"char",
        c.relowner, c.relacl, c.relnamespace
    FROM pg_class AS c
    WHERE c.relkind IN ('r', 'p', 'f', 'v', 'm', 'S') AND c.relpersistence <> 't'
      -- Of PostgreSQL's own thousands nobody touched most, and their names take time to write.
      AND (c.oid >= 16384 OR c.relacl IS NOT NULL)
    UNION ALL
    SELECT 'pg_class'::regclass, c.oid, a.attnum,
        'column ' || c.oid::regclass::text || '.' || quote_ident(a.attname),
        'c'::"char", c.relowner, a.attacl, c.relnamespace
    FROM pg_attribute AS a JOIN pg_class AS c ON c.oid = a.attrelid
    WHERE a.attacl IS NOT NULL AND NOT a.attisdropped AND c.relpersistence <> 't'
    UNION ALL
    SELECT 'pg_namespace'::regclass, n.oid, 0, 'schema ' || quote_ident(n.nspname),
        'n'::"char", n.nspowner, n.nspacl, n.oid
    FROM pg_namespace AS n
    UNION ALL
    SELECT 'pg_proc'::regclass, p.oid, 0, 'function ' || p.oid::regprocedure::text,
        'f'::"char", p.proowner, p.proacl, p.pronamespace
    FROM pg_proc AS p
    WHERE (p.oid >= 16384 OR p.proacl IS NOT NULL)
      -- A range type's constructors come with it, and a dump carries no privileges of theirs.
      AND NOT EXISTS (
          SELECT FROM pg_depend AS i
          WHERE i.classid = 'pg_proc'::regclass AND i.objid = p.oid AND i.deptype = 'i'
            AND i.refclassid = 'pg_type'::regclass
      )
    UNION ALL
    SELECT 'pg_type'::regclass, t.oid, 0, 'type ' || format_type(t.oid, NULL),
        'T'::"char", t.typowner, t.typacl, t.typnamespace
    FROM pg_type AS t
    LEFT JOIN pg_class AS c ON c.oid = t.typrelid
    WHERE (t.typrelid = 0 OR c.relkind = 'c') AND t.typtype <> 'm'
      AND (t.oid >= 16384 OR t.typacl IS NOT NULL)
      AND NOT EXISTS (SELECT FROM pg_type AS e WHERE e.oid = t.typelem AND e.typarray = t.oid)
    UNION ALL
    SELECT 'pg_language'::regclass, l.oid, 0, 'language ' || quote_ident(l.lanname),
        'l'::"char", l.lanowner, l.lanacl, NULL
    FROM pg_language AS l
    UNION ALL
    SELECT 'pg_foreign_data_wrapper'::regclass, w.oid, 0,
        'foreign data wrapper ' || quote_ident(w.fdwname), 'F'::"char", w.fdwowner, w.fdwacl, NULL
    FROM pg_foreign_data_wrapper AS w
    UNION ALL
    SELECT 'pg_foreign_server'::regclass, s.oid, 0, 'foreign server ' || quote_ident(s.srvname),
        'S'::"char", s.srvowner, s.srvacl, NULL
    FROM pg_foreign_server AS s
    UNION ALL
    SELECT 'pg_largeobject'::regclass, m.oid, 0, 'large object ' || m.oid,
        'L'::"char", m.lomowner, m.lomacl, NULL
    FROM pg_largeobject_metadata AS m
), judged AS (
    SELECT o.*
    FROM objects AS o
    LEFT JOIN pg_namespace AS n ON n.oid = o.own
    LEFT JOIN pg_init_privs AS i
        ON i.classoid = o.class AND i.objoid = o.oid AND i.objsubid = o.part
    LEFT JOIN pg_depend AS d ON d.classid = o.class AND d.objid = o.oid AND d.deptype = 'e'
    WHERE (
        CASE
            WHEN o.kind IN ('l', 'F', 'S') THEN o.oid >= 16384
            WHEN o.kind = 'L' THEN true
            ELSE n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
        END AND d.objid IS NULL
    ) OR (
        o.acl IS DISTINCT FROM i.initprivs
        -- Who made information_schema did not note what it granted.
        AND coalesce(n.nspname, '') !~ '^(pg_temp|pg_toast|information_schema)'
    )
)
SELECT
    j.name,
    coalesce((
        SELECT string_agg(g.line, E'\n' ORDER BY g.line COLLATE "C")
        FROM (
            SELECT DISTINCT
                CASE WHEN a.grantee = 0 THEN 'PUBLIC' ELSE a.grantee::regrole::text END || ': '
                    || a.privilege_type
                    || CASE WHEN a.is_grantable AND a.grantee <> j.owner THEN ' WITH GRANT OPTION'
                        ELSE '' END AS line
            FROM aclexplode(coalesce(j.acl, acldefault(j.kind, j.owner))) AS a
        ) AS g
    ), 'nobody') AS definition
FROM judged AS j
