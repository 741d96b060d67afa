INSERT INTO public.extracted_items (id, document_id, project_id, type, vendor_id, material_id,
    title, qty, unit, unit_price_nis, attrs, source_ref, created_at)
SELECT {id}::text, {documents_in_order}::text, CASE WHEN n % 7 > 0 THEN {projects}::text END,
    'material', CASE WHEN n % 3 > 0 THEN {vendors}::text END,
    CASE WHEN n % 4 > 0 THEN {materials}::text END, {materials_names}[1 + n % 27], 1 + n % 90,
    'unit', 20 + n % 900, json_build_object('line', n % 50), 'page ' || 1 + n % 30, {moment}
FROM generate_series({first}, {last}) AS n
