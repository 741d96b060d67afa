-- Quantiles of one column, and how well its rows lie in its order, by the statistics.
SELECT s.histogram_bounds::text::text[] AS bounds, s.correlation
FROM pg_stats AS s
WHERE s.schemaname = %(schema)s AND s.tablename = %(relation)s AND s.attname = %(column)s
  AND s.inherited = %(inherited)s
