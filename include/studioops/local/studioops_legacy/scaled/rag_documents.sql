INSERT INTO public.rag_documents (id, title, content, source, document_type, embedding,
    is_active, created_at)
SELECT {id}::text, {questions}[1 + n % 6], {answers}[1 + n % 6], 'handbook', 'faq',
    json_build_array(n % 10, n % 7), true, {moment}
FROM generate_series({first}, {last}) AS n
