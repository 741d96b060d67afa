"""PostgreSQL, an object store and Airflow on one machine, and the legacy StudioOps database."""
