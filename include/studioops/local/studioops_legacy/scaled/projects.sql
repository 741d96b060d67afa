INSERT INTO public.projects (id, name, client_name, status, start_date, due_date,
    budget_planned, budget_actual, created_at, updated_at)
SELECT {id}, {projects_names}[1 + n % 14] || ', ' || n, 'Client ' || n % 997,
    (ARRAY['active', 'active', 'done', 'on_hold'])[1 + n % 4], {day}, {day} + 90,
    20000 + n % 90000, 18000 + n % 95000, {moment}, {moment}
FROM generate_series({first}, {last}) AS n
