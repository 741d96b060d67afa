SELECT
    i.type || ' ' || i.identity AS name,
    c.description AS definition
FROM pg_description AS c
CROSS JOIN LATERAL pg_identify_object(c.classoid, c.objoid, c.objsubid) AS i
WHERE (c.objoid >= 16384 OR c.classoid = 'pg_largeobject'::regclass
       OR c.classoid = 'pg_namespace'::regclass AND c.objoid::regnamespace::text = 'public')
  AND NOT EXISTS (
      SELECT FROM pg_depend AS d
      WHERE d.classid = c.classoid AND d.objid = c.objoid AND d.deptype = 'e'
  )
