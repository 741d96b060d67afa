SELECT current_setting('server_version') AS server_version,
       current_setting('max_connections')::int AS max_connections,
       (SELECT coalesce(sum(numbackends), 0)::int FROM pg_catalog.pg_stat_database) AS connections
