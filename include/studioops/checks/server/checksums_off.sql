-- Whether the server notices a page that the disk gave back otherwise than it was written. Off by
-- default before 18, and off after pg_upgrade from a cluster that had it off.
SELECT current_setting('data_checksums') AS state, pg_is_in_recovery() AS standby
WHERE current_setting('data_checksums') <> 'on'
