"""StudioOps Maintenance: care for a PostgreSQL application that proves what it says."""
