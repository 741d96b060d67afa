-- Triggers of others that fire on an update of any column.
SELECT
    t.tgname AS name,
    t.tgenabled::text AS kind
FROM pg_trigger AS t
WHERE t.tgrelid = to_regclass(%(table)s) AND NOT t.tgisinternal AND t.tgenabled <> 'D'
  AND t.tgtype & 16 = 16 AND t.tgattr = ''::int2vector
  AND NOT starts_with(t.tgname, '~studioops_')
ORDER BY t.tgname
