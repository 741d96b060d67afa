-- They name the objects that are there: as many as were found, and no more.
INSERT INTO public.documents (id, project_id, type, path, version, created_by, created_at)
SELECT {id}, {projects}, (ARRAY['quote', 'invoice', 'drawing', 'contract'])[1 + n % 4],
    {paths}[1 + n % 8], 1, 'dana', {moment}
FROM generate_series({first}, {last}) AS n
