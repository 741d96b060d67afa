-- SQLite, not PostgreSQL: the scratch file of one comparison. Text compares by its bytes.
CREATE TABLE objects (key TEXT PRIMARY KEY, size INTEGER, settled INTEGER) WITHOUT ROWID;
CREATE TABLE names (entry INTEGER, key TEXT, sha256 TEXT);
-- What the first look found wrong, and what the second one finds there: a row that names it, an
-- object of that name. Entry -1: an object that no row named.
CREATE TABLE suspects (
    entry INTEGER, key TEXT, named INTEGER DEFAULT 0, found INTEGER DEFAULT 0,
    PRIMARY KEY (key, entry)
) WITHOUT ROWID;
