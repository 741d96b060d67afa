INSERT INTO public.ingest_events (id, document_id, stage, status, payload_jsonb, created_at)
SELECT {found} + n, {documents_in_order}::text,
    (ARRAY['upload', 'parse', 'extract'])[1 + n % 3], 'ok',
    json_build_object('ms', 90 + n % 400), {moment}
FROM generate_series({first}, {last}) AS n
