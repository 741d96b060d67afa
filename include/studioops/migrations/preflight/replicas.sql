-- How far each standby is behind in replaying what this server has written.
SELECT
    r.application_name AS name,
    pg_wal_lsn_diff(pg_current_wal_lsn(), r.replay_lsn)::bigint AS bytes,
    extract(epoch FROM r.replay_lag)::float8 AS seconds
FROM pg_stat_replication AS r
WHERE r.state IN ('streaming', 'catchup')
ORDER BY r.application_name
