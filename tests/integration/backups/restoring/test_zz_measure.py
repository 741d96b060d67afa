import time, subprocess
from dataclasses import replace
import psycopg
from psycopg.conninfo import make_conninfo
from studioops.local.ports import LOOPBACK, pick
from studioops.local.postgres_cluster import SUPERUSER
from studioops.backups.restoring import restore as R
def test_m(cluster, stack_dir, tools, tmp_path, sql):
    server = replace(cluster.server, home=stack_dir/"m", log=stack_dir/"m.log", options=("max_wal_size=1GB",))
    server.create(); port = pick(1)[0]; server.start(port)
    dsn = lambda n="postgres": make_conninfo(host=LOOPBACK, port=port, dbname=n, user=SUPERUSER, password=server.password)
    try:
        sql(dsn(), "CREATE DATABASE src")
        sql(dsn("src"), "CREATE TABLE p AS SELECT g::bigint AS id, md5(g::text) AS t FROM generate_series(1,200000) g", "ALTER TABLE p ADD PRIMARY KEY (id)",
          "CREATE TABLE c AS SELECT gen_random_uuid() AS id, (random()*199999)::bigint+1 AS p, md5(g::text) AS t, now() AS at FROM generate_series(1,1000000) g",
          "ALTER TABLE c ADD PRIMARY KEY (id)", "CREATE INDEX ON c(p)", "CREATE INDEX ON c(t)", "ALTER TABLE c ADD FOREIGN KEY (p) REFERENCES p",
          "DO $$ BEGIN FOR i IN 1..200 LOOP EXECUTE format('CREATE TABLE s%s AS SELECT 1 AS a; ALTER TABLE s%s ADD PRIMARY KEY (a)', i, i); END LOOP; END $$")
        from studioops.postgres.client_tools import connection_of
        from studioops.postgres.dsn import parse_dsn
        w, env = connection_of(parse_dsn(dsn("src")))
        subprocess.run([tools.path("pg_dump"), "-Fd", "-Z0", "-f", str(tmp_path/"a"), "--dbname", w], env=env, check=True)
        variants = {"none": "-c work_mem=4MB", "sync": "-c synchronous_commit=off", "mwm": "-c maintenance_work_mem=256MB", "both": "-c synchronous_commit=off -c maintenance_work_mem=256MB",
          "both+nopar": "-c synchronous_commit=off -c maintenance_work_mem=256MB -c max_parallel_maintenance_workers=0", "bothwm": "-c synchronous_commit=off -c maintenance_work_mem=256MB -c work_mem=64MB"}
        for rnd in range(3):
            for name, speed in variants.items():
                sql(dsn(), "DROP DATABASE IF EXISTS dst", "CREATE DATABASE dst TEMPLATE template0", "CHECKPOINT")
                R.SPEED = speed
                r = R.restore(tmp_path/"a", dsn("dst"), tools=tools, jobs=2)
                assert r.well
                print(rnd, name, r.seconds, flush=True)
    finally:
        server.stop()
