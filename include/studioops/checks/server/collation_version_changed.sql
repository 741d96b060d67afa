-- Collations whose library is another one than the one that the indexes were made under: a b-tree
-- in another order than the server's does not find what is there, and lets doubles in. The default
-- collation's version is the database's (15 and newer). Of the others only those that an index or a
-- partition key uses. No version at all (C, POSIX) cannot change. Where none was recorded although
-- there is one, nobody can tell.
WITH collations AS (
    SELECT 'default'::regcollation AS oid, d.datcollversion AS recorded,
           pg_database_collation_actual_version(d.oid) AS actual
    FROM pg_database AS d WHERE d.datname = current_database()
    UNION ALL
    SELECT c.oid, c.collversion, pg_collation_actual_version(c.oid)
    FROM pg_collation AS c WHERE c.oid <> 'default'::regcollation AND c.collprovider <> 'd'
),
uses AS (
    SELECT used.oid, i.indexrelid AS index, NULL::oid AS "table"
    FROM pg_index AS i
    JOIN pg_class AS c ON c.oid = i.indexrelid AND c.relkind = 'i'
    JOIN pg_namespace AS n ON n.oid = c.relnamespace
    CROSS JOIN LATERAL (SELECT DISTINCT unnest(i.indcollation::oid[])) AS used (oid)
    WHERE n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
    UNION ALL
    SELECT used.oid, NULL, p.partrelid
    FROM pg_partitioned_table AS p
    CROSS JOIN LATERAL (SELECT DISTINCT unnest(p.partcollation::oid[])) AS used (oid)
    WHERE p.partstrat = 'r'
),
changed AS (
    SELECT
        c.oid, c.recorded, c.actual, c.oid = 'default'::regcollation AS of_database,
        count(u.index) AS indexes,
        count(u."table") AS tables,
        min(u.index::regclass::text) AS one,
        string_agg(format('REINDEX INDEX CONCURRENTLY %%s;', u.index::regclass), E'\n'
                   ORDER BY u.index) FILTER (WHERE u.index IS NOT NULL) AS reindex,
        string_agg(u."table"::regclass::text, ', ' ORDER BY u."table") AS partitioned
    FROM collations AS c
    LEFT JOIN uses AS u ON u.oid = c.oid
    WHERE c.recorded IS DISTINCT FROM c.actual
    GROUP BY c.oid, c.recorded, c.actual
)
SELECT
    CASE WHEN of_database THEN quote_ident(current_database()) ELSE oid::regcollation::text END
        AS object,
    of_database, recorded, coalesce(actual, 'without one') AS actual, indexes, one, partitioned,
    CASE WHEN of_database AND indexes > 0
        THEN format('REINDEX DATABASE CONCURRENTLY %%I;', current_database())
        ELSE reindex
    END AS reindex,
    NULL AS unseen
FROM changed
WHERE recorded IS NOT NULL AND (of_database OR indexes + tables > 0)
UNION ALL
SELECT NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, format(
    'under which version of %%s the indexes were made is not recorded (it is %%s now); next: '
    'REINDEX what is sorted by it, then, since REFRESH refuses: %%s',
    CASE WHEN of_database THEN 'the default collation' ELSE oid::regcollation::text END, actual,
    CASE WHEN of_database THEN format(
        'UPDATE pg_database SET datcollversion = %%L WHERE datname = %%L', actual,
        current_database())
    ELSE format(
        'UPDATE pg_collation SET collversion = %%L WHERE oid = %%L::regcollation', actual,
        oid::regcollation)
    END)
FROM changed
WHERE recorded IS NULL AND indexes + tables > 0
ORDER BY 1
