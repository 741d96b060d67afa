-- Rows that were taken out and references that were cleared, each value as its type writes it.
CREATE TABLE studioops.quarantine (
    batch uuid NOT NULL,
    ordinal bigint NOT NULL,
    kind text NOT NULL CHECK (kind IN ('removed', 'cleared')),
    -- 0: for its own sake; from 1 on with a row of the level before.
    level integer NOT NULL,
    why text NOT NULL,
    schema_name text NOT NULL,
    table_name text NOT NULL,
    columns text[] NOT NULL,
    types text[] NOT NULL,
    "values" text[] NOT NULL,
    -- Which row a cleared reference belongs to: by its primary key, else by all of its columns.
    key_columns text[] NOT NULL,
    key_values text[] NOT NULL,
    -- The keys that it broke as it stood: those it may break again.
    behind text[] NOT NULL,
    quarantined_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    returned_at timestamptz,
    conflict text,
    PRIMARY KEY (batch, ordinal)
)
