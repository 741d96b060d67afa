INSERT INTO public.vendor_aliases (id, vendor_id, alias, source_ref, created_at)
SELECT {id}::text, {vendors}::text, 'ALIAS ' || n, 'invoice ' || n, {moment}
FROM generate_series({first}, {last}) AS n
