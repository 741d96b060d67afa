-- A database with subscriptions can't be dropped.
SELECT s.subname AS name
FROM pg_subscription AS s JOIN pg_database AS d ON d.oid = s.subdbid
WHERE d.datname = current_database()
