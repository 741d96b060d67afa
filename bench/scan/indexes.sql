-- An index on each reference of the large table.
CREATE INDEX ON events (account_id);
CREATE INDEX ON events (project_id);
CREATE INDEX ON events (team_id);
CREATE INDEX ON events (document_id);
CREATE INDEX ON events (kind_id);
