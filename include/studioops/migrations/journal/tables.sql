-- What of a plan has been done. It lies in the target, and its lines share the change's transaction.
CREATE TABLE IF NOT EXISTS studioops.migration_runs (
    id uuid PRIMARY KEY,
    plan_hash text NOT NULL,
    plan jsonb NOT NULL,
    state text NOT NULL CHECK (state IN ('applying', 'applied', 'reverting', 'reverted')),
    -- Whoever works on it now. One that was taken for dead finds another here, and stops.
    owner uuid NOT NULL,
    run_by text NOT NULL,
    -- What opened the gates, or who went round them and why.
    admitted jsonb NOT NULL,
    -- What each definition was before, in few bytes: by what the way back is judged.
    before jsonb NOT NULL,
    started_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    ended_at timestamptz
);
CREATE UNIQUE INDEX IF NOT EXISTS migration_runs_one_unfinished
    ON studioops.migration_runs ((true)) WHERE state IN ('applying', 'reverting');
CREATE TABLE IF NOT EXISTS studioops.migration_steps (
    run uuid NOT NULL REFERENCES studioops.migration_runs,
    number integer NOT NULL,
    name text NOT NULL,
    state text NOT NULL CHECK (state IN ('begun', 'applied', 'reverting', 'reverted')),
    memo jsonb NOT NULL,
    changed_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (run, number)
);
