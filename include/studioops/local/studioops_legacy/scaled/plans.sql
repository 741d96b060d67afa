-- The versions of a project's plans count up, above those of the plans that were found.
INSERT INTO public.plans (id, project_id, version, status, created_at, updated_at)
SELECT {id}, {projects_in_turn}, 3 + (n - 1) / {projects_in_all},
    (ARRAY['draft', 'approved', 'archived'])[1 + n % 3], {moment}, {moment}
FROM generate_series({first}, {last}) AS n
