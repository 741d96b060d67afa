-- SQLite. Settled objects that no row of any entry names. A key that ends in a slash and has no
-- content is a directory of a console's making, not somebody's document.
INSERT OR IGNORE INTO suspects (entry, key)
SELECT -1, o.key FROM objects AS o
WHERE o.settled AND NOT (o.size = 0 AND o.key LIKE '%/')
  AND NOT EXISTS (SELECT 1 FROM names AS n WHERE n.key = o.key)
