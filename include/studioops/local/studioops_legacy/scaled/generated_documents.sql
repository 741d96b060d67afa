INSERT INTO public.generated_documents (id, project_id, type, path_pdf, version, created_at)
SELECT {id}::text, CASE WHEN n % 9 > 0 THEN {projects}::text END, 'proposal',
    'proposals/' || n || '.pdf', 1, {moment}
FROM generate_series({first}, {last}) AS n
