-- One child table of many rows and five references, as random as references are; nothing broken.
CREATE TABLE accounts (id uuid PRIMARY KEY);
CREATE TABLE projects (id uuid PRIMARY KEY);
CREATE TABLE teams (id uuid PRIMARY KEY);
CREATE TABLE documents (id bigint PRIMARY KEY);
CREATE TABLE kinds (id bigint PRIMARY KEY);

INSERT INTO accounts SELECT md5('account' || n)::uuid FROM generate_series(0, 199999) AS n;
INSERT INTO projects SELECT md5('project' || n)::uuid FROM generate_series(0, 199999) AS n;
INSERT INTO teams SELECT md5('team' || n)::uuid FROM generate_series(0, 49999) AS n;
INSERT INTO documents SELECT n FROM generate_series(0, 999999) AS n;
INSERT INTO kinds SELECT n FROM generate_series(0, 999) AS n;

CREATE TABLE events (
    id bigint PRIMARY KEY,
    account_id uuid NOT NULL,
    project_id uuid NOT NULL,
    team_id uuid,
    document_id bigint NOT NULL,
    kind_id bigint NOT NULL,
    written_at timestamptz NOT NULL
);
INSERT INTO events
SELECT
    n,
    md5('account' || abs(hashint8(n)::bigint) % 200000)::uuid,
    md5('project' || abs(hashint8(n + 1)::bigint) % 200000)::uuid,
    CASE WHEN n % 10 > 0 THEN md5('team' || abs(hashint8(n + 2)::bigint) % 50000)::uuid END,
    abs(hashint8(n + 3)::bigint) % 1000000,
    abs(hashint8(n + 4)::bigint) % 1000,
    now() - n * interval '1 second'
FROM generate_series(1, current_setting('bench.size')::bigint) AS n;

-- NOT VALID, since the rows are sound as they were made: looking at them is what is measured.
ALTER TABLE events ADD FOREIGN KEY (account_id) REFERENCES accounts NOT VALID;
ALTER TABLE events ADD FOREIGN KEY (project_id) REFERENCES projects NOT VALID;
ALTER TABLE events ADD FOREIGN KEY (team_id) REFERENCES teams NOT VALID;
ALTER TABLE events ADD FOREIGN KEY (document_id) REFERENCES documents NOT VALID;
ALTER TABLE events ADD FOREIGN KEY (kind_id) REFERENCES kinds NOT VALID;
UPDATE pg_constraint SET convalidated = true WHERE contype = 'f';
