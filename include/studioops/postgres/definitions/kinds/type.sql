-- Rows of tables, arrays and multiranges come with what they belong to. A domain's NOT NULL is a
-- constraint of its own since 17, so it stands with the domain alone.
SELECT
    quote_ident(n.nspname) || '.' || quote_ident(t.typname) AS name,
    json_strip_nulls(json_build_object(
        'kind', t.typtype,
        'owner', t.typowner::regrole::text,
        'labels', (
            SELECT json_agg(e.enumlabel ORDER BY e.enumsortorder)
            FROM pg_enum AS e WHERE e.enumtypid = t.oid
        ),
        'columns', (
            SELECT json_agg(
                concat_ws(' ', quote_ident(a.attname), format_type(a.atttypid, a.atttypmod),
                    CASE WHEN a.attcollation <> b.typcollation
                        THEN 'COLLATE ' || a.attcollation::regcollation::text END
                ) ORDER BY a.attnum
            )
            FROM pg_attribute AS a
            JOIN pg_type AS b ON b.oid = a.atttypid
            WHERE t.typtype = 'c' AND a.attrelid = t.typrelid AND a.attnum > 0
              AND NOT a.attisdropped
        ),
        'base', CASE WHEN t.typtype = 'd' THEN format_type(t.typbasetype, t.typtypmod) END,
        'collation', CASE WHEN t.typtype = 'd' AND t.typcollation <> 0
            THEN t.typcollation::regcollation::text END,
        'not null', CASE WHEN t.typnotnull THEN true END,
        'default', CASE WHEN t.typtype = 'd' THEN t.typdefault END,
        'constraints', (
            SELECT json_agg(
                quote_ident(k.conname) || ' ' || pg_get_constraintdef(k.oid) ORDER BY k.conname
            )
            FROM pg_constraint AS k WHERE k.contypid = t.oid AND k.contype <> 'n'
        ),
        'range', (
            SELECT json_build_array(
                format_type(r.rngsubtype, NULL),
                (SELECT quote_ident(o.opcname) FROM pg_opclass AS o WHERE o.oid = r.rngsubopc),
                nullif(r.rngcollation, 0)::regcollation::text,
                nullif(r.rngcanonical, 0)::regprocedure::text,
                nullif(r.rngsubdiff, 0)::regprocedure::text,
                format_type((to_jsonb(r) ->> 'rngmultitypid')::oid, NULL)
            )
            FROM pg_range AS r WHERE r.rngtypid = t.oid
        ),
        'functions', CASE WHEN t.typtype = 'b' THEN json_build_array(
            t.typinput::text, t.typoutput::text, t.typreceive::text, t.typsend::text,
            t.typmodin::text, t.typmodout::text, t.typanalyze::text,
            t.typlen, t.typbyval, t.typalign, t.typstorage, t.typcategory, t.typispreferred,
            t.typdelim, t.typdefault, nullif(t.typelem, 0)::regtype::text, t.typcollation <> 0
        ) END
    ))::text AS definition
FROM pg_type AS t
JOIN pg_namespace AS n ON n.oid = t.typnamespace
LEFT JOIN pg_class AS c ON c.oid = t.typrelid
WHERE n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
  AND (t.typrelid = 0 OR c.relkind = 'c') AND t.typtype <> 'm'
  AND NOT EXISTS (SELECT FROM pg_type AS e WHERE e.oid = t.typelem AND e.typarray = t.oid)
  AND NOT EXISTS (
      SELECT FROM pg_depend AS d
      WHERE d.classid = 'pg_type'::regclass AND d.objid = t.oid AND d.deptype = 'e'
  )
