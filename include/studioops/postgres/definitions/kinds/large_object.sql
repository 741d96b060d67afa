SELECT m.oid::text AS name, 'owner ' || m.lomowner::regrole::text AS definition
FROM pg_largeobject_metadata AS m
