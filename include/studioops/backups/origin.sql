-- What a server and a database are: by what a copy is made alike, and told from another one.
SELECT
    (SELECT c.system_identifier::text FROM pg_control_system() AS c) AS system,
    d.oid::bigint AS oid,
    d.datname AS database,
    current_setting('server_version') AS version,
    current_setting('server_version_num')::int / 10000 AS major,
    pg_encoding_to_char(d.encoding) AS encoding,
    d.datcollate AS collate,
    d.datctype AS ctype,
    -- Names of columns that came with 15 and 17, asked for where they may be absent.
    coalesce(to_jsonb(d) ->> 'datlocprovider', 'c') AS provider,
    coalesce(to_jsonb(d) ->> 'datlocale', to_jsonb(d) ->> 'daticulocale') AS icu_locale,
    to_jsonb(d) ->> 'datcollversion' AS collation_version,
    pg_get_userbyid(d.datdba) AS owner
FROM pg_database AS d
WHERE d.datname = current_database()
