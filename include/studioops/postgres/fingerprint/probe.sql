-- The hash is of bytes as this database encodes them, on a machine with its own order of bytes.
SELECT hashtextextended(
    (getdatabaseencoding()::text || ' StudioOps 0123456789') COLLATE "C", 8103
) AS hash
