INSERT INTO public.purchases (id, vendor_id, material_id, project_id, qty, unit_price_nis,
    tax_vat_pct, occurred_at, sku, unit, total_nis, created_at)
SELECT {id}, {vendors}, {materials}, {projects}, 1 + n % 60, 20 + n % 900, 18, {day},
    'SKU-S' || n, 'unit', (1 + n % 60) * (20 + n % 900), {moment}
FROM generate_series({first}, {last}) AS n
