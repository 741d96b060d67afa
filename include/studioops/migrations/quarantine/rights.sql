-- Of each table: what fires when it is written, whether rows are hidden, which rights are missing.
-- Bits of a trigger's type: 4 INSERT, 8 DELETE, 16 UPDATE.
WITH RECURSIVE wanted AS (
    SELECT u.relation, u.events, u.rights
    FROM jsonb_to_recordset(%(tables)s) AS u (relation oid, events integer, rights text[])
),
tree AS (
    SELECT w.relation AS root, w.events, w.relation AS member FROM wanted AS w
    UNION
    SELECT w.relation, w.events, t.relid::oid
    FROM wanted AS w CROSS JOIN LATERAL pg_partition_tree(w.relation) AS t
),
loud AS (
    SELECT t.root, g.tgenabled::text AS fires, 'trigger ' || quote_ident(g.tgname) AS what
    FROM tree AS t
    JOIN pg_trigger AS g ON g.tgrelid = t.member AND (g.tgtype & t.events) <> 0
    -- Those of keys keep rows away, and none of ours breaks one; but for those that fire always.
    WHERE NOT g.tgisinternal OR g.tgconstraint = 0 OR g.tgenabled IN ('A', 'R')
    UNION
    SELECT t.root, r.ev_enabled::text, 'rule ' || quote_ident(r.rulename)
    FROM tree AS t JOIN pg_rewrite AS r ON r.ev_class = t.member
    WHERE CASE r.ev_type WHEN '2' THEN 16 WHEN '3' THEN 4 WHEN '4' THEN 8 ELSE 0 END & t.events <> 0
)
SELECT
    w.relation::regclass::text AS name,
    ARRAY(
        SELECT DISTINCT l.what FROM loud AS l
        WHERE l.root = w.relation AND l.fires IN ('O', 'A') ORDER BY l.what
    ) AS usually,
    ARRAY(
        SELECT DISTINCT l.what FROM loud AS l
        WHERE l.root = w.relation AND l.fires IN ('R', 'A') ORDER BY l.what
    ) AS even_so,
    ARRAY(
        SELECT DISTINCT k.conname::text FROM pg_constraint AS k
        WHERE k.conrelid = w.relation AND k.condeferrable AND k.contype IN ('p', 'u', 'x')
    ) AS late,
    row_security_active(w.relation) AS hidden,
    ARRAY(
        SELECT r.word FROM unnest(w.rights) AS r (word)
        WHERE NOT has_table_privilege(w.relation, r.word)
    ) AS missing
FROM wanted AS w
ORDER BY name
