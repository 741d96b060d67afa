-- Two indexes are the same when everything that a query could notice is: table, method, columns,
-- operator classes, collations, order, expressions, condition. Of each set the one that something
-- depends on is kept: primary, unique, a constraint's, else the oldest.
WITH ours AS (
    SELECT
        i.indexrelid,
        i.indrelid,
        quote_ident(n.nspname) || '.' || quote_ident(c.relname) AS index,
        quote_ident(n.nspname) || '.' || quote_ident(t.relname) AS table,
        pg_size_pretty(pg_relation_size(c.oid)) AS size,
        i.indisprimary OR i.indisunique
            OR EXISTS (SELECT FROM pg_constraint AS k WHERE k.conindid = c.oid)
            OR i.indisreplident OR i.indisclustered AS needed,
        row_number() OVER (
            PARTITION BY
                i.indrelid, c.relam, i.indkey::text, i.indclass::text, i.indcollation::text,
                i.indoption::text, i.indnkeyatts,
                pg_get_expr(i.indexprs, i.indrelid), pg_get_expr(i.indpred, i.indrelid)
            ORDER BY
                i.indisprimary DESC, i.indisunique DESC,
                EXISTS (SELECT FROM pg_constraint AS k WHERE k.conindid = c.oid) DESC, c.oid
        ) AS place,
        first_value(quote_ident(n.nspname) || '.' || quote_ident(c.relname)) OVER (
            PARTITION BY
                i.indrelid, c.relam, i.indkey::text, i.indclass::text, i.indcollation::text,
                i.indoption::text, i.indnkeyatts,
                pg_get_expr(i.indexprs, i.indrelid), pg_get_expr(i.indpred, i.indrelid)
            ORDER BY
                i.indisprimary DESC, i.indisunique DESC,
                EXISTS (SELECT FROM pg_constraint AS k WHERE k.conindid = c.oid) DESC, c.oid
        ) AS kept
    FROM pg_index AS i
    JOIN pg_class AS c ON c.oid = i.indexrelid
    JOIN pg_class AS t ON t.oid = i.indrelid
    JOIN pg_namespace AS n ON n.oid = c.relnamespace
    WHERE i.indisvalid AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
      -- A partition's index belongs to its parent's and can't be dropped by itself.
      AND NOT c.relispartition
)
SELECT index, "table", size, kept
FROM ours
WHERE place > 1 AND NOT needed
ORDER BY index
