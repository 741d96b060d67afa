SELECT count(*) AS rows, NULL AS total FROM pg_largeobject_metadata
