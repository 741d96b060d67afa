-- Two keys are the same when they lead from the same columns to the same columns and do the same. Of
-- each set the oldest that is valid is kept. A partition's keys belong to its parent's.
SELECT
    quote_ident(n.nspname) || '.' || quote_ident(c.relname) AS child,
    quote_ident(later.conname) AS name,
    quote_ident(kept.conname) AS kept
FROM pg_constraint AS later
JOIN pg_class AS c ON c.oid = later.conrelid
JOIN pg_namespace AS n ON n.oid = c.relnamespace
JOIN LATERAL (
    SELECT k.conname, k.oid FROM pg_constraint AS k
    WHERE k.contype = 'f' AND k.conrelid = later.conrelid AND k.confrelid = later.confrelid
      AND (SELECT array_agg(pair ORDER BY pair) FROM unnest(k.conkey, k.confkey) AS pair (a, b))
        = (SELECT array_agg(pair ORDER BY pair) FROM unnest(later.conkey, later.confkey) AS pair (a, b))
      AND (k.confdeltype, k.confupdtype, k.confmatchtype)
        = (later.confdeltype, later.confupdtype, later.confmatchtype)
    ORDER BY k.convalidated DESC, k.oid LIMIT 1
) AS kept ON kept.oid <> later.oid
WHERE later.contype = 'f' AND later.conparentid = 0
  AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
ORDER BY child, name
