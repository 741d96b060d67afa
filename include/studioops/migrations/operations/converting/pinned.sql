-- The text of a value must not depend on how a server, a role or a database is set up.
SELECT
    set_config('datestyle', 'ISO, MDY', true),
    set_config('intervalstyle', 'postgres', true),
    set_config('timezone', 'UTC', true),
    set_config('extra_float_digits', '3', true),
    set_config('bytea_output', 'hex', true),
    set_config('search_path', 'pg_catalog', true)
