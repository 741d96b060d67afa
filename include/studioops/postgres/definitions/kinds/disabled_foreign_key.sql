-- The triggers that enforce a foreign key, where somebody disabled them; no dump carries that.
SELECT
    k.conrelid::regclass::text || '.' || quote_ident(k.conname) AS name,
    string_agg(t.tgrelid::regclass::text || ' ' || t.tgfoid::regproc::text || ' '
        || t.tgenabled::text, E'\n' ORDER BY t.tgrelid::regclass::text, t.tgfoid, t.tgenabled)
        AS definition
FROM pg_trigger AS t
JOIN pg_constraint AS k ON k.oid = t.tgconstraint
JOIN pg_namespace AS n ON n.oid = k.connamespace
WHERE t.tgisinternal AND t.tgenabled <> 'O' AND k.contype = 'f'
  AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
GROUP BY k.oid, k.conrelid, k.conname
