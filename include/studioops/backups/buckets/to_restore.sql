-- SQLite. Objects of a copy that the bucket lacks (then size is NULL), or that may be others there.
SELECT k.line, l.size FROM kept AS k
LEFT JOIN listed AS l ON l.key = k.key
WHERE l.key IS NULL OR l.size <> k.size OR l.etag <> k.etag OR l.etag = ''
ORDER BY k.key
