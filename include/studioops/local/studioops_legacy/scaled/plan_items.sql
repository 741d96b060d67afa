INSERT INTO public.plan_items (id, plan_id, category, title, quantity, unit, unit_price,
    vendor_id, subtotal, created_at, updated_at)
SELECT {id}, {plans_in_order}, (ARRAY['wood', 'paint', 'metal', 'light'])[1 + n % 4],
    {materials_names}[1 + n % 27], 1 + n % 40, 'unit', 35 + n % 300,
    CASE WHEN n % 5 > 0 THEN {vendors} END, (1 + n % 40) * (35 + n % 300), {moment}, {moment}
FROM generate_series({first}, {last}) AS n
