-- What a value was before its column was converted, where casting it back says it otherwise.
CREATE TABLE studioops.spellings (
    kept uuid NOT NULL,
    -- The column's place among those that were converted together.
    place integer NOT NULL,
    -- The row's primary key, as it is after the conversion.
    key jsonb NOT NULL,
    spelling text NOT NULL,
    -- What became of it, as text.
    value text NOT NULL,
    PRIMARY KEY (kept, place, key)
);
CREATE INDEX spellings_value ON studioops.spellings (kept, place, value);

-- The text that a value goes back to: what it was; else, where a key stood between them, what the
-- row that it refers to was; else what the cast says.
CREATE FUNCTION studioops.respelled(
    kept uuid, place integer, above integer[], key jsonb, value text, plain text
) RETURNS text LANGUAGE plpgsql STABLE
-- Planned once, not for every row, which would take twenty times as long.
SET plan_cache_mode = force_generic_plan SET search_path = pg_catalog AS $respelled$
DECLARE
    found_ text;
BEGIN
    SELECT s.spelling INTO found_ FROM studioops.spellings AS s
    WHERE s.kept = $1 AND s.place = $2 AND s.key = $4 AND s.value = $5;
    IF found_ IS NULL AND cardinality($3) > 0 THEN
        SELECT min(s.spelling) INTO found_ FROM studioops.spellings AS s
        WHERE s.kept = $1 AND s.place = ANY ($3) AND s.value = $5;
    END IF;
    RETURN coalesce(found_, $6);
END
$respelled$;
