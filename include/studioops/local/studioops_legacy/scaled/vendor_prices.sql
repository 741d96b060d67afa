INSERT INTO public.vendor_prices (id, vendor_id, material_id, sku, price_nis, fetched_at,
    is_quote, created_at)
SELECT {id}, {vendors}, {materials}, 'SKU-S' || n, 20 + n % 900, {moment}, n % 3 = 0, {moment}
FROM generate_series({first}, {last}) AS n
