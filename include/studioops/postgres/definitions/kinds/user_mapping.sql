-- Only whoever may use a mapping sees its options. A hash of 32 bits tells that one has changed.
SELECT
    quote_ident(m.usename) || ' on ' || quote_ident(m.srvname) AS name,
    coalesce((
        SELECT string_agg(
            o.option_name || '=hash ' || to_hex(hashtextextended(o.option_value, 0) & 4294967295),
            ', ' ORDER BY o.option_name
        )
        FROM pg_options_to_table(m.umoptions) AS o
    ), '') AS definition
FROM pg_user_mappings AS m
