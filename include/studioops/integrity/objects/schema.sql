-- SQLite, not PostgreSQL: the scratch file of one comparison. Text compares by its bytes.
CREATE TABLE objects (key TEXT PRIMARY KEY, size INTEGER, settled INTEGER) WITHOUT ROWID;
CREATE TABLE names (entry INTEGER, key TEXT, sha256 TEXT);
CREATE INDEX names_key ON names (key, entry);
