"""Taking a backup: one snapshot for the dump and the fingerprints, shipped as it is written."""
