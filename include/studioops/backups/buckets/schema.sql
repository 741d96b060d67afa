-- SQLite, not PostgreSQL: the scratch file of one copy. Text compares by its bytes.
CREATE TABLE listed (key TEXT PRIMARY KEY, size INTEGER, etag TEXT, modified TEXT) WITHOUT ROWID;
CREATE TABLE previous (
    key TEXT PRIMARY KEY, size INTEGER, etag TEXT, modified TEXT,
    stored TEXT, stored_size INTEGER, locked_until TEXT, line TEXT
) WITHOUT ROWID;
CREATE TABLE kept (
    key TEXT PRIMARY KEY, size INTEGER, etag TEXT, modified TEXT,
    stored TEXT, stored_size INTEGER, locked_until TEXT, line TEXT
) WITHOUT ROWID;
CREATE TABLE stored (name TEXT PRIMARY KEY, size INTEGER) WITHOUT ROWID;
CREATE TABLE named (name TEXT PRIMARY KEY) WITHOUT ROWID;
