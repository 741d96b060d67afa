INSERT INTO public.chat_sessions (id, project_id, title, context, is_active, created_at)
SELECT {id}::text, CASE WHEN n % 6 > 0 THEN {projects}::text END, {questions}[1 + n % 6],
    json_build_object('language', 'en'), n % 2 = 0, {moment}
FROM generate_series({first}, {last}) AS n
