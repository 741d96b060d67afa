INSERT INTO public.doc_chunks (id, page, text, document_id)
SELECT {id}::text, 1 + n % 30, {questions}[1 + n % 6] || ' ' || {answers}[1 + n / 6 % 6],
    {documents_in_order}::text
FROM generate_series({first}, {last}) AS n
