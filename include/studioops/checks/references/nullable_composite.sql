-- Keys over several columns, MATCH SIMPLE, of which some may be NULL and some may not, or all may:
-- one NULL and nothing is looked up. Columns of which a CHECK says that they are NULL together are
-- beyond what a catalog can tell: see the page.
SELECT
    quote_ident(n.nspname) || '.' || quote_ident(c.relname) AS child,
    quote_ident(k.conname) AS name,
    quote_ident(left(k.conname, 58) || '_full') AS new_name,
    -- What follows the columns is known to the letter, whatever the names before it hold.
    regexp_replace(
        pg_get_constraintdef(k.oid),
        '^(.*?\))((?: ON UPDATE [A-Z ]+)?(?: ON DELETE [A-Z ]+(?: \(.*\))?)?(?: DEFERRABLE)?'
        '(?: INITIALLY DEFERRED)?)(?: NOT ENFORCED)?(?: NOT VALID)?$',
        '\1 MATCH FULL\2'
    ) AS definition,
    (SELECT string_agg(quote_ident(a.attname), ', ' ORDER BY a.attnum) FROM pg_attribute AS a
     WHERE a.attrelid = k.conrelid AND a.attnum = ANY (k.conkey)) AS columns,
    (SELECT string_agg(quote_ident(a.attname), ', ' ORDER BY a.attnum) FROM pg_attribute AS a
     WHERE a.attrelid = k.conrelid AND a.attnum = ANY (k.conkey) AND NOT a.attnotnull) AS nullable
FROM pg_constraint AS k
JOIN pg_class AS c ON c.oid = k.conrelid
JOIN pg_namespace AS n ON n.oid = c.relnamespace
WHERE k.contype = 'f' AND k.confmatchtype = 's' AND cardinality(k.conkey) > 1
  AND k.conparentid = 0 AND c.relkind = 'r'
  AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
  AND EXISTS (
      SELECT FROM pg_attribute AS a
      WHERE a.attrelid = k.conrelid AND a.attnum = ANY (k.conkey) AND NOT a.attnotnull
  )
ORDER BY child, name
