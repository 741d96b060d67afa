-- Databases whose names begin as ours do. A connected session's name tells whether it is at work.
SELECT
    d.datname AS name,
    shobj_description(d.oid, 'pg_database') AS comment,
    pg_has_role(d.datdba, 'MEMBER') AS ours,
    coalesce((
        SELECT array_agg(a.application_name) FROM pg_stat_activity AS a WHERE a.datid = d.oid
    ), '{}') AS programs
FROM pg_database AS d
WHERE d.datname LIKE 'studioops\_%%' AND (%(name)s = '' OR d.datname = %(name)s)
ORDER BY d.datname
