SELECT count(*) AS pages FROM pg_largeobject_metadata
