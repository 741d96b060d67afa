-- One row a constraint; those that partitions inherit are spoken for by their root.
-- to_jsonb reads columns that only newer versions have (conenforced, conperiod: 18).
WITH RECURSIVE family(root, oid) AS (
    SELECT k.oid, k.oid FROM pg_constraint AS k WHERE k.contype = 'f' AND k.conparentid = 0
    UNION ALL
    SELECT f.root, k.oid FROM family AS f JOIN pg_constraint AS k ON k.conparentid = f.oid
    WHERE k.contype = 'f'
),
disabled AS (
    SELECT f.root, array_agg(DISTINCT t.tgrelid::regclass::text) AS on_tables
    FROM family AS f JOIN pg_trigger AS t ON t.tgconstraint = f.oid
    WHERE t.tgenabled IN ('D', 'R')
    GROUP BY f.root
)
SELECT
    k.oid,
    k.conname AS name,
    k.conrelid AS child,
    k.confrelid AS parent,
    k.convalidated AS validated,
    coalesce((to_jsonb(k) ->> 'conenforced')::boolean, true) AS enforced,
    coalesce((to_jsonb(k) ->> 'conperiod')::boolean, false) AS period,
    k.confdeltype AS on_delete,
    k.confupdtype AS on_update,
    k.confmatchtype AS match,
    pg_get_constraintdef(k.oid) AS definition,
    coalesce(d.on_tables, '{}') AS disabled_on,
    pairs.child_numbers,
    pairs.parent_numbers,
    pairs.operators
FROM pg_constraint AS k
LEFT JOIN disabled AS d ON d.root = k.oid
CROSS JOIN LATERAL (
    SELECT
        array_agg(key.child ORDER BY key.place) AS child_numbers,
        array_agg(key.parent ORDER BY key.place) AS parent_numbers,
        jsonb_agg(jsonb_build_object(
            'schema', s.nspname, 'name', o.oprname,
            'left', nullif(format_type(o.oprleft, NULL), format_type(p.atttypid, NULL)),
            'right', nullif(format_type(o.oprright, NULL), format_type(c.atttypid, NULL)),
            'polymorphic', tl.typtype = 'p',
            'collation', CASE WHEN p.attcollation <> c.attcollation AND p.attcollation <> 0 THEN
                (SELECT quote_ident(ns.nspname) || '.' || quote_ident(l.collname)
                 FROM pg_collation AS l JOIN pg_namespace AS ns ON ns.oid = l.collnamespace
                 WHERE l.oid = p.attcollation) END
        ) ORDER BY key.place) AS operators
    FROM unnest(k.conkey, k.confkey, k.conpfeqop) WITH ORDINALITY
        AS key(child, parent, operator, place)
    JOIN pg_operator AS o ON o.oid = key.operator
    JOIN pg_namespace AS s ON s.oid = o.oprnamespace
    JOIN pg_type AS tl ON tl.oid = o.oprleft
    JOIN pg_attribute AS c ON c.attrelid = k.conrelid AND c.attnum = key.child
    JOIN pg_attribute AS p ON p.attrelid = k.confrelid AND p.attnum = key.parent
) AS pairs
WHERE k.contype = 'f' AND k.conparentid = 0
ORDER BY k.conrelid, k.conname
