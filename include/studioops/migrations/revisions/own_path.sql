-- The schemas that the role would look in, without the journal's; and a mark that goes with the
-- transaction.
SELECT
    set_config('search_path', coalesce(string_agg(quote_ident(s.name), ', ' ORDER BY s.place), ''), %(local)s),
    set_config('studioops.revision', %(mark)s, %(local)s)
FROM unnest(current_schemas(false)) WITH ORDINALITY AS s (name, place)
WHERE s.name <> 'studioops'
