-- Foreign keys that a column is an end of.
SELECT
    cn.nspname AS child_schema,
    c.relname AS child,
    pn.nspname AS parent_schema,
    p.relname AS parent,
    k.conname AS name,
    (
        SELECT array_agg(a.attname::text ORDER BY u.place)
        FROM unnest(k.conkey) WITH ORDINALITY AS u (number, place)
        JOIN pg_attribute AS a ON a.attrelid = k.conrelid AND a.attnum = u.number
    ) AS columns,
    (
        SELECT array_agg(a.attname::text ORDER BY u.place)
        FROM unnest(k.confkey) WITH ORDINALITY AS u (number, place)
        JOIN pg_attribute AS a ON a.attrelid = k.confrelid AND a.attnum = u.number
    ) AS parent_columns,
    k.convalidated AS validated,
    coalesce((to_jsonb(k) ->> 'conenforced')::boolean, true) AS enforced,
    k.conparentid <> 0 OR c.relkind = 'p' OR p.relkind = 'p' AS partitioned,
    pg_get_constraintdef(k.oid) AS definition,
    EXISTS (
        SELECT FROM pg_trigger AS g WHERE g.tgconstraint = k.oid AND g.tgenabled <> 'O'
    ) AS triggers_changed
FROM pg_constraint AS k
JOIN pg_class AS c ON c.oid = k.conrelid
JOIN pg_namespace AS cn ON cn.oid = c.relnamespace
JOIN pg_class AS p ON p.oid = k.confrelid
JOIN pg_namespace AS pn ON pn.oid = p.relnamespace
WHERE k.contype = 'f' AND (
    k.conrelid = %(oid)s AND %(number)s = ANY (k.conkey)
    OR k.confrelid = %(oid)s AND %(number)s = ANY (k.confkey)
)
ORDER BY cn.nspname, c.relname, k.conname
