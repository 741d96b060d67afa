-- Names that leave no room for one more letter like their last: that is bytes, so that a name of
-- two-byte letters is full with 62. Names that PostgreSQL or a mapper composed are shortened on
-- purpose and keep their ends (..._fkey, ..._1a2b3c4d_fk): these are no cut ones. What a partition or
-- a child has from its parent is told of there, and a key's constraint by its index.
WITH named AS (
    SELECT
        c.oid, 'pg_class'::regclass AS class, c.relnamespace AS namespace,
        CASE c.relkind WHEN 'r' THEN 'table' WHEN 'p' THEN 'table' WHEN 'f' THEN 'foreign table'
            WHEN 'v' THEN 'view' WHEN 'm' THEN 'materialized view' WHEN 'S' THEN 'sequence'
            WHEN 'c' THEN 'type' ELSE 'index' END AS kind,
        NULL::oid AS relation, c.relname::text AS name, NULL AS arguments, NULL AS domain
    FROM pg_class AS c
    WHERE c.relkind IN ('r', 'p', 'f', 'v', 'm', 'S', 'c', 'i', 'I')
    UNION ALL
    SELECT c.oid, 'pg_class'::regclass, c.relnamespace, 'column', c.oid, a.attname, NULL, NULL
    FROM pg_attribute AS a
    JOIN pg_class AS c ON c.oid = a.attrelid AND c.relkind IN ('r', 'p', 'f')
    WHERE a.attnum > 0 AND NOT a.attisdropped AND a.attinhcount = 0
    UNION ALL
    SELECT k.conrelid, 'pg_class'::regclass, k.connamespace, 'constraint', k.conrelid, k.conname,
           NULL, NULL
    FROM pg_constraint AS k
    WHERE k.contype IN ('c', 'f', 'n') AND k.conrelid <> 0 AND k.conparentid = 0
      AND k.coninhcount = 0
    UNION ALL
    SELECT g.tgrelid, 'pg_class'::regclass, c.relnamespace, 'trigger', g.tgrelid, g.tgname,
           NULL, NULL
    FROM pg_trigger AS g
    JOIN pg_class AS c ON c.oid = g.tgrelid
    WHERE NOT g.tgisinternal AND g.tgparentid = 0
    UNION ALL
    SELECT p.oid, 'pg_proc'::regclass, p.pronamespace, 'routine', NULL, p.proname,
           pg_get_function_identity_arguments(p.oid), NULL
    FROM pg_proc AS p WHERE octet_length(p.proname::text) >= 60
    UNION ALL
    SELECT y.oid, 'pg_type'::regclass, y.typnamespace, 'type', NULL, y.typname, NULL,
           CASE y.typtype WHEN 'd' THEN 'DOMAIN' END
    FROM pg_type AS y WHERE y.typtype IN ('d', 'e', 'r')
),
full_ones AS (
    SELECT named.*, octet_length(name) AS bytes, room.most,
           quote_ident(n.nspname) || '.' AS schema,
           (SELECT quote_ident(c.relname) FROM pg_class AS c
            WHERE c.oid = named.relation) AS "table",
           quote_ident(name) AS quoted
    FROM named
    JOIN pg_namespace AS n ON n.oid = named.namespace
    CROSS JOIN (SELECT current_setting('max_identifier_length')::int AS most) AS room
    WHERE octet_length(name) + octet_length(right(name, 1)) > room.most
      AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
      AND NOT (kind IN ('index', 'sequence', 'constraint') AND (
          name ~ '_(pkey|key|fkey|check|excl|idx|seq|not_null)\d*$'
          OR name ~ '_[0-9a-f]{8}(_(uniq|like|idx|pk|check|fk(_.*)?))?$'))
      AND NOT EXISTS (
          SELECT FROM pg_depend AS d WHERE d.deptype = 'e' AND (d.classid, d.objid) IN
              ((named.class, named.oid), ('pg_namespace'::regclass, n.oid))
      )
)
SELECT
    kind, name, bytes, most,
    schema || coalesce("table" || '.', '') || quoted || coalesce('(' || arguments || ')', '')
        AS object,
    CASE kind
        WHEN 'column'
            THEN format('ALTER TABLE %%s%%s RENAME COLUMN %%s TO', schema, "table", quoted)
        WHEN 'constraint'
            THEN format('ALTER TABLE %%s%%s RENAME CONSTRAINT %%s TO', schema, "table", quoted)
        WHEN 'trigger'
            THEN format('ALTER TRIGGER %%s ON %%s%%s RENAME TO', quoted, schema, "table")
        WHEN 'routine'
            THEN format('ALTER ROUTINE %%s%%s(%%s) RENAME TO', schema, quoted, arguments)
        ELSE format('ALTER %%s %%s%%s RENAME TO', coalesce(domain, upper(kind)), schema, quoted)
    END AS rename
FROM full_ones
ORDER BY object, kind
