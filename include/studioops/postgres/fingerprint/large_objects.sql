-- Large objects in pieces of a megabyte, so that one of any size takes no more memory than that.
WITH RECURSIVE piece (oid, n, hash, bytes) AS (
    SELECT m.oid, 0::bigint, hashtextextended(
        format('%s|%s|%s', m.oid, 0, read.data) COLLATE "C", 8103
    ), length(read.data)
    FROM pg_largeobject_metadata AS m
    CROSS JOIN LATERAL (SELECT lo_get(m.oid, 0, 1048576) AS data OFFSET 0) AS read
    UNION ALL
    SELECT p.oid, p.n + 1, hashtextextended(
        format('%s|%s|%s', p.oid, p.n + 1, read.data) COLLATE "C", 8103
    ), length(read.data)
    FROM piece AS p
    CROSS JOIN LATERAL (SELECT lo_get(p.oid, (p.n + 1) * 1048576, 1048576) AS data OFFSET 0) AS read
    WHERE p.bytes = 1048576
)
SELECT count(*) FILTER (WHERE n = 0) AS rows, sum(hash) AS total FROM piece
