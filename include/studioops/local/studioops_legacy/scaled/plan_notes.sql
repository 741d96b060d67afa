INSERT INTO reporting.plan_notes (id, project_id, version, note)
SELECT {found} + n, p.project_id, p.version, 'note ' || n
FROM generate_series({first}, {last}) AS n
JOIN public.plans AS p ON p.id = {plans_in_turn}
