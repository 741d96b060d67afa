-- End sessions; one that has gone meanwhile is no error.
SELECT pg_terminate_backend(p.pid) AS ended
FROM unnest((%(pids)s)::int []) AS p (pid)
