-- From the first look that failed until the service was back.
SELECT service,
       count(*) AS times,
       avg(down_seconds) AS mean_seconds,
       max(down_seconds) AS longest_seconds,
       max(at) AS last_at
FROM ledger.service_events
WHERE at >= %(since)s AND down_seconds IS NOT NULL
GROUP BY service
ORDER BY service COLLATE "C"
