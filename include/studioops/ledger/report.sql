SELECT report.id AS report_id,
       report.document,
       report.recorded_at,
       report.superseded_at IS NOT NULL AS superseded,
       report.step,
       run.run_id,
       run.origin,
       run.name
FROM ledger.reports AS report
JOIN ledger.runs AS run ON run.id = report.run
WHERE report.id = %(report_id)s
