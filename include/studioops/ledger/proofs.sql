-- The newest reports of one kind on one database, by what it is.
SELECT report.id AS report_id,
       report.document,
       report.recorded_at,
       false AS superseded,
       report.step,
       run.run_id,
       run.origin,
       run.name
FROM ledger.reports AS report
JOIN ledger.runs AS run ON run.id = report.run
WHERE report.kind = %(kind)s
  AND report.document #> '{evidence,origin}' = %(origin)s::jsonb
  AND report.document #> '{evidence,origin}' IS NOT NULL
  AND report.superseded_at IS NULL
ORDER BY report.started_at DESC
LIMIT %(limit)s
