-- What tables take up with their partitions, indexes and long values.
WITH named AS (
    SELECT to_regclass(one.name)::oid AS oid FROM unnest(%(tables)s::text[]) AS one (name)
)
SELECT coalesce(sum(pg_total_relation_size(t.oid)), 0)::bigint AS bytes
FROM (
    SELECT oid FROM named
    UNION
    SELECT p.relid FROM named CROSS JOIN LATERAL pg_partition_tree(named.oid) AS p
) AS t
