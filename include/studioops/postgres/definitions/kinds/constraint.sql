-- Those that come with another are left out: NOT NULL with its column, triggers of their own with
-- the triggers, a partition's foreign key with its parent's, whose name a dump does not keep.
SELECT
    c.oid::regclass::text || '.' || quote_ident(k.conname) AS name,
    json_strip_nulls(json_build_object(
        'definition', pg_get_constraintdef(k.oid),
        'validated', k.convalidated,
        'enforced', coalesce((to_jsonb(k) ->> 'conenforced')::boolean, true),
        'deferrable', k.condeferrable,
        'deferred', k.condeferred,
        'no inherit', k.contype = 'c' AND k.connoinherit
    ))::text AS definition
FROM pg_constraint AS k
JOIN pg_class AS c ON c.oid = k.conrelid
JOIN pg_namespace AS n ON n.oid = c.relnamespace
WHERE k.contype IN ('c', 'f', 'p', 'u', 'x') AND NOT (k.contype = 'f' AND k.conparentid <> 0)
  AND c.relpersistence <> 't'
  AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
  AND NOT EXISTS (
      SELECT FROM pg_depend AS d
      WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'e'
  )
