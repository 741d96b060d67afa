-- A session of ours that was cut off and still makes the database; its name is in no other's words.
SELECT pg_terminate_backend(pid)
FROM pg_stat_activity
WHERE state = 'active'
    AND usename = current_user
    AND pid <> pg_backend_pid()
    AND position(%(name)s IN query) > 0
