-- SQLite. What an earlier copy has of an object that did not change since, if its file is there.
INSERT INTO kept
SELECT p.* FROM listed AS l
JOIN previous AS p ON p.key = l.key
JOIN stored AS s ON s.name = p.stored AND s.size = p.stored_size
WHERE p.size = l.size AND p.etag = l.etag AND p.modified = l.modified AND l.etag <> ''
