-- Replication slots that nobody reads from. Each keeps the WAL that its reader has not had (and,
-- with an xmin, dead rows) until the disk is full. 17 and newer know since when nobody reads, so
-- that a reader that starts anew is no fault; before, a slot is told of when it keeps a good deal.
-- Left out are those that keep nothing yet, and those that a standby only mirrors (17).
SELECT
    quote_ident(s.slot_name) AS slot,
    quote_literal(s.slot_name) AS name,
    s.slot_type AS type,
    coalesce(' of ' || quote_ident(s.database), '') AS of,
    s.wal_status = 'lost' AS lost,
    s.wal_status = 'extended' AND current_setting('max_slot_wal_keep_size') = '-1' AS grows,
    coalesce(' for ' || (extract(epoch FROM place.idle) / 60)::int || ' minutes', '') AS since,
    pg_size_pretty(place.kept) AS kept,
    greatest(age(s.xmin), age(s.catalog_xmin)) AS rows_behind
FROM pg_replication_slots AS s
CROSS JOIN LATERAL (
    SELECT
        clock_timestamp() - (to_jsonb(s) ->> 'inactive_since')::timestamptz AS idle,
        pg_wal_lsn_diff(
            CASE WHEN pg_is_in_recovery() THEN pg_last_wal_replay_lsn()
            ELSE pg_current_wal_lsn() END, s.restart_lsn) AS kept
) AS place
WHERE NOT s.active
  AND NOT coalesce((to_jsonb(s) ->> 'synced')::boolean, false)
  AND (s.wal_status = 'lost' OR num_nonnulls(s.restart_lsn, s.xmin, s.catalog_xmin) > 0)
  AND CASE
      WHEN s.wal_status = 'lost' THEN true
      WHEN place.idle IS NOT NULL THEN extract(epoch FROM place.idle) >= 60 * %(minutes)s
      ELSE place.kept >= %(least_bytes)s
  END
ORDER BY 1
