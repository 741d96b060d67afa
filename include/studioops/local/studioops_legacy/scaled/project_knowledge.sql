INSERT INTO public.project_knowledge (id, project_id, category, key, value, confidence, created_at)
SELECT {id}::text, {projects}::text, 'budget', 'budget.' || n, {answers}[1 + n % 6], 0.5, {moment}
FROM generate_series({first}, {last}) AS n
