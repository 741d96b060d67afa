-- Indexes that hold a column, or whose expressions may use it.
SELECT
    x.relname AS name,
    i.indisvalid AND i.indisready AND i.indislive AS valid,
    m.amname AS method,
    x.reltablespace <> 0 AS elsewhere,
    concat_ws(' ', pg_get_expr(i.indexprs, i.indrelid)) AS expressions,
    coalesce(pg_get_expr(i.indpred, i.indrelid), '') AS predicate,
    EXISTS (
        SELECT FROM pg_attribute AS s WHERE s.attrelid = x.oid AND s.attstattarget >= 0
    ) AS statistics,
    ARRAY(
        SELECT coalesce(a.attname::text, '')
        FROM unnest(i.indkey) WITH ORDINALITY AS u (number, place)
        LEFT JOIN pg_attribute AS a ON a.attrelid = i.indrelid AND a.attnum = u.number
            AND u.number > 0
        WHERE u.place <= i.indnkeyatts ORDER BY u.place
    ) AS columns,
    -- Of the column itself: an operator class or a collation that another type can't have.
    coalesce((
        SELECT bool_or(
            NOT o.opcdefault
            OR i.indcollation[(u.place - 1)::int] NOT IN (0, a.attcollation)
        )
        FROM unnest(i.indkey) WITH ORDINALITY AS u (number, place)
        JOIN pg_opclass AS o ON o.oid = i.indclass[(u.place - 1)::int]
        JOIN pg_attribute AS a ON a.attrelid = i.indrelid AND a.attnum = u.number
        WHERE u.number = %(number)s AND u.place <= i.indnkeyatts
    ), false) AS special,
    -- Whether the method knows an order, or whatever it goes by, of the new type.
    NOT %(number)s = ANY (i.indkey) OR EXISTS (
        SELECT FROM pg_opclass AS o
        WHERE o.opcmethod = x.relam AND o.opcdefault AND (
            o.opcintype = %(type)s::oid
            OR EXISTS (
                SELECT FROM pg_cast AS b
                WHERE b.castsource = %(type)s::oid AND b.casttarget = o.opcintype
                  AND b.castmethod = 'b'
            )
        )
    ) AS possible
FROM pg_index AS i
JOIN pg_class AS x ON x.oid = i.indexrelid
JOIN pg_am AS m ON m.oid = x.relam
WHERE i.indrelid = %(oid)s AND (
    %(number)s = ANY (i.indkey) OR i.indexprs IS NOT NULL OR i.indpred IS NOT NULL
)
ORDER BY x.relname
