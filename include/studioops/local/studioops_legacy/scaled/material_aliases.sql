INSERT INTO public.material_aliases (id, material_id, alias, source_ref, created_at)
SELECT {id}::text, {materials}::text, 'alias ' || n, 'quote ' || n, {moment}
FROM generate_series({first}, {last}) AS n
