INSERT INTO public.vendors (id, name, contact, rating, created_at, updated_at)
SELECT {id}, {vendors_names}[1 + n % 34] || ' ' || n,
    jsonb_build_object('email', 'office' || n || '@vendor.example'), 1 + n % 5, {moment}, {moment}
FROM generate_series({first}, {last}) AS n
