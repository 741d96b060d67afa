SELECT event.service,
       event.before,
       event.after,
       event.at,
       event.cause,
       event.message,
       event.seconds,
       event.down_seconds,
       run.run_id,
       run.origin,
       run.name
FROM ledger.service_events AS event
JOIN ledger.runs AS run ON run.id = event.run
WHERE event.at >= %(since)s
  AND (%(service)s::text IS NULL OR event.service = %(service)s)
ORDER BY event.at DESC, event.id DESC
LIMIT %(limit)s
