SELECT subject.target,
       subject.kind,
       subject.name AS subject,
       last.status,
       last.reason,
       last.looked_at,
       last.seconds,
       last.report AS report_id,
       run.run_id,
       run.origin,
       run.name,
       report.step,
       passed.looked_at AS passed_at,
       passed_run.run_id AS passed_run_id,
       passed_run.origin AS passed_origin,
       passed_run.name AS passed_name,
       passed_report.step AS passed_step
FROM ledger.subjects AS subject
CROSS JOIN LATERAL (
    SELECT look.*
    FROM ledger.looks AS look
    WHERE look.subject = subject.id AND NOT look.superseded
    ORDER BY look.looked_at DESC, look.report DESC
    LIMIT 1
) AS last
JOIN ledger.reports AS report ON report.id = last.report
JOIN ledger.runs AS run ON run.id = report.run
LEFT JOIN LATERAL (
    SELECT look.report, look.looked_at
    FROM ledger.looks AS look
    WHERE look.subject = subject.id AND NOT look.superseded AND look.status = 'passed'
    ORDER BY look.looked_at DESC, look.report DESC
    LIMIT 1
) AS passed ON true
LEFT JOIN ledger.reports AS passed_report ON passed_report.id = passed.report
LEFT JOIN ledger.runs AS passed_run ON passed_run.id = passed_report.run
WHERE %(target)s::text IS NULL OR subject.target = %(target)s
ORDER BY subject.target COLLATE "C", subject.kind COLLATE "C", subject.name COLLATE "C"
