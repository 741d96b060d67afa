-- Which server and database this is, where it stands in its log, and how far behind a position.
SELECT
    control.system_identifier AS system,
    d.oid AS database,
    at.standby,
    at.position::text AS position,
    pg_wal_lsn_diff(%(position)s::pg_lsn, at.position) AS behind
FROM pg_control_system() AS control
JOIN pg_database AS d ON d.datname = current_database()
CROSS JOIN LATERAL (
    SELECT
        pg_is_in_recovery() AS standby,
        -- What is on disk: an asynchronous commit that is not yet could still be lost. A standby can
        -- itself be a target; its position is what it has replayed.
        CASE
            WHEN pg_is_in_recovery() THEN pg_last_wal_replay_lsn()
            ELSE pg_current_wal_flush_lsn()
        END AS position
) AS at
