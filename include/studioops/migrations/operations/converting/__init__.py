"""What converting columns' types takes: reading the catalog, casts, spellings, both ways of it."""
