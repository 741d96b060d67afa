SELECT s.provider || ' ' || i.type || ' ' || i.identity AS name, s.label AS definition
FROM pg_seclabel AS s
CROSS JOIN LATERAL pg_identify_object(s.classoid, s.objoid, s.objsubid) AS i
WHERE s.objoid >= 16384
