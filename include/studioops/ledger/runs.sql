WITH chosen AS (
    SELECT run.id, run.run_id, run.origin, run.name, run.first_seen
    FROM ledger.runs AS run
    WHERE %(target)s::text IS NULL
       OR EXISTS (
           SELECT FROM ledger.reports AS report
           WHERE report.run = run.id AND report.target = %(target)s
       )
    ORDER BY run.id DESC
    LIMIT %(limit)s
)
SELECT chosen.id,
       chosen.run_id,
       chosen.origin,
       chosen.name,
       chosen.first_seen,
       report.id AS report_id,
       report.step,
       report.kind,
       report.target,
       report.status,
       report.started_at,
       report.seconds,
       (SELECT count(*) FROM ledger.findings AS finding WHERE finding.report = report.id) AS findings
FROM chosen
JOIN ledger.reports AS report ON report.run = chosen.id AND report.superseded_at IS NULL
ORDER BY chosen.id DESC, report.started_at, report.id
