-- Names that columns of different types bear, in any schema. text and varchar count as one, as do
-- json and jsonb (see json_not_jsonb), lengths and precisions do not count, a domain counts as
-- its base type. Left out: names that say nothing of what is meant, and those that foreign keys
-- explain: where each column of the name is one end of a key, its type is right whatever the
-- others have (parent_id of two trees). What is inherited, by partitions too, is changed where it
-- comes from; foreign tables have their types from elsewhere.
WITH RECURSIVE bases (type, base) AS (
    SELECT oid, typbasetype FROM pg_type WHERE typtype = 'd'
    UNION ALL
    SELECT bases.type, t.typbasetype
    FROM bases JOIN pg_type AS t ON t.oid = bases.base WHERE t.typtype = 'd'
),
generic (word) AS (
    SELECT regexp_split_to_table(
        'id uuid pk key code number no name title label type kind status state mode level
        category class value values val old_value new_value default_value data payload content
        contents body text message config configuration settings options params parameters args
        arguments context environment meta metadata attributes properties details extra info
        result results output input request response error errors reason description comment
        comments note notes tags labels position size length width height weight count total
        amount score rating rank priority order sort sort_order sequence version revision start
        end from to date time timestamp duration period interval unit units source target origin
        owner user author reference ref link path location address object object_id entity_id
        record_id resource_id row_id target_id source_id external_id remote_id local_id',
        '\s+')
),
keys ("table", number) AS (
    SELECT conrelid, unnest(conkey) FROM pg_constraint WHERE contype = 'f'
    UNION
    SELECT confrelid, unnest(confkey) FROM pg_constraint WHERE contype = 'f'
),
columns AS (
    SELECT
        c.oid AS "table", a.attnum AS number, a.attname AS name,
        quote_ident(n.nspname) || '.' || quote_ident(c.relname) AS table_name,
        t.oid AS base, t.typcategory AS category, t.oid <> a.atttypid AS domain,
        CASE t.oid WHEN 'varchar'::regtype THEN 'text'::regtype::oid
            WHEN 'json'::regtype THEN 'jsonb'::regtype::oid ELSE t.oid END AS kind,
        keys.number IS NOT NULL AS declared
    FROM pg_attribute AS a
    JOIN pg_class AS c ON c.oid = a.attrelid AND c.relkind IN ('r', 'p')
    JOIN pg_namespace AS n ON n.oid = c.relnamespace
    LEFT JOIN bases ON bases.type = a.atttypid
    JOIN pg_type AS t ON t.oid = coalesce(bases.base, a.atttypid) AND t.typtype <> 'd'
    LEFT JOIN keys ON keys."table" = c.oid AND keys.number = a.attnum
    WHERE a.attnum > 0 AND a.attinhcount = 0
      AND lower(a.attname) NOT IN (SELECT word FROM generic)
      AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
      AND NOT EXISTS (SELECT FROM pg_depend AS e WHERE e.classid = 'pg_class'::regclass
                      AND e.objid = c.oid AND e.deptype = 'e')
),
ranked AS (
    SELECT
        name, kind, count(*) AS number, count(*) FILTER (WHERE declared) AS declared,
        string_agg(DISTINCT format_type(base, NULL), '/') AS label,
        array_agg(table_name ORDER BY table_name) AS tables,
        -- These can be compared without a cast.
        CASE WHEN min(category) IN ('N', 'D', 'S') THEN min(category) ELSE kind::text END AS family,
        row_number() OVER (
            PARTITION BY name ORDER BY
                count(*) FILTER (WHERE declared) DESC, kind = 'timestamptz'::regtype DESC,
                count(*) DESC, kind) AS place
    FROM columns
    WHERE name IN (SELECT name FROM columns GROUP BY name
                   HAVING count(DISTINCT kind) > 1 AND NOT bool_and(declared))
    GROUP BY name, kind
),
summed AS (
    SELECT
        name, count(DISTINCT family) > 1 AS incomparable,
        string_agg(
            label || ' in ' || array_to_string(tables[1:3], ', ')
            || CASE WHEN number > 3 THEN format(' and %%s more', number - 3) ELSE '' END,
            '; ' ORDER BY place) AS places,
        string_agg(label, ', ' ORDER BY place) FILTER (WHERE place > 1) AS rare,
        max(label) FILTER (WHERE place = 1) AS common,
        max(kind) FILTER (WHERE place = 1) AS kind,
        max(ARRAY[declared, number]) FILTER (WHERE place = 1)
            > max(ARRAY[declared, number]) FILTER (WHERE place > 1) AS decided
    FROM ranked GROUP BY name
),
odd AS (
    SELECT
        columns.*,
        row_number() OVER (PARTITION BY name ORDER BY table_name) AS place,
        format('ALTER TABLE %%s ALTER COLUMN %%I TYPE %%s USING %%I::%%s;', table_name, name,
               format_type(summed.kind, -1), name, format_type(summed.kind, -1)) AS step,
        -- Text goes where it can be read, and a number where PostgreSQL takes it by itself; times
        -- depend on a zone, which nobody can guess.
        summed.decided AND NOT columns.declared AND NOT columns.domain AND category <> 'D' AND (
            category = 'S' OR EXISTS (
                SELECT FROM pg_cast AS i WHERE i.castsource = columns.base
                AND i.casttarget = summed.kind AND i.castcontext = 'i')) AS safe
    FROM columns JOIN summed USING (name)
    WHERE columns.kind <> summed.kind
),
scripts AS (
    SELECT
        name,
        string_agg(CASE WHEN safe THEN step ELSE '-- ' || step END, E'\n' ORDER BY place)
            FILTER (WHERE place <= %(most)s) AS script,
        greatest(count(*) - %(most)s, 0) AS more
    FROM odd GROUP BY name
),
users AS (
    SELECT odd.name, string_agg(DISTINCT replace(
        used.type || ' ' || used.identity, 'rule "_RETURN" on', 'view'), ', ') AS names
    FROM odd
    JOIN pg_depend AS d ON d.refclassid = 'pg_class'::regclass AND d.refobjid = odd."table"
        AND d.refobjsubid = odd.number AND d.deptype = 'n'
        AND d.classid <> 'pg_constraint'::regclass
    CROSS JOIN pg_identify_object(d.classid, d.objid, 0) AS used
    WHERE odd.place <= %(most)s
    GROUP BY odd.name
)
SELECT
    quote_ident(summed.name) AS column, summed.incomparable, summed.places, summed.common,
    summed.rare, scripts.script, scripts.more, users.names AS users
FROM summed
JOIN scripts USING (name)
LEFT JOIN users USING (name)
ORDER BY summed.name
