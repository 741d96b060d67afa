-- Schema public with another owner than every new database up to PostgreSQL 14 has it: the role
-- that made the cluster, which is always number 10.
SELECT nspowner FROM pg_namespace WHERE nspname = 'public' AND nspowner <> 10
