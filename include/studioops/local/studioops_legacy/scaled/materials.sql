INSERT INTO public.materials (id, name, unit, category, typical_waste_pct, created_at, updated_at)
SELECT {id}, {materials_names}[1 + n % 27] || ' ' || n, (ARRAY['m', 'm2', 'unit'])[1 + n % 3],
    (ARRAY['wood', 'paint', 'metal', 'light'])[1 + n % 4], n % 12, {moment}, {moment}
FROM generate_series({first}, {last}) AS n
