"""`studioops backup verify` by its exit code, its one line and its JSON."""

from __future__ import annotations

import signal
import time

import pytest
from psycopg.conninfo import conninfo_to_dict, make_conninfo


def url(dsn: str) -> str:
    words = conninfo_to_dict(dsn)
    return "postgresql://{user}:{password}@{host}:{port}/{dbname}".format(**words)


def test_a_sound_dump_exits_0(command, dumped, cluster):
    path = dumped("-Fc")
    answer = command("--dump", str(path), "--dsn", url(cluster.dsn()))
    assert (answer.code, answer.err) == (0, "")
    assert answer.out.startswith(f"{path}: passed: verified on ")
    assert "not_applicable  faithful: rows" in answer.out
    document = command("--dump", str(path), "--dsn", url(cluster.dsn()), "--json").json()
    assert (document["status"], document["archive"]["form"]) == ("passed", "custom")


def test_a_damaged_dump_exits_1(command, dumped, cluster):
    path = dumped()
    path.write_bytes(path.read_bytes()[:5000])
    answer = command("--dump", path.name, "--dsn", url(cluster.dsn()))
    assert answer.code == 1
    assert "error dump_cut_off (1)" in answer.out
    assert "repair: use another dump" in answer.out


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("nothing.dump", "there is no dump nothing.dump"),
        ("diary.txt", "diary.txt is no dump"),
        ("bucket/key", "there is no file bucket/key, and no object store is configured"),
    ],
)
def test_what_is_no_dump_exits_2(name, said, command, cluster, tmp_path):
    (tmp_path / "diary.txt").write_text("dear diary", encoding="utf-8")
    answer = command("--dump", name, "--dsn", url(cluster.dsn()), "--json")
    assert answer.code == 2
    assert answer.json()["error"]["code"] == "usage"
    (line,) = answer.err.splitlines()
    assert said in line
    assert "; next: " in line


def test_a_server_that_is_away_exits_3(command, dumped, cluster):
    dsn = url(make_conninfo(cluster.dsn(), port="1"))
    answer = command("--dump", str(dumped()), "--dsn", dsn, "--json")
    assert (answer.code, answer.json()["error"]["code"]) == (3, "database_unreachable")


def test_a_dump_of_the_store(*, command, dumped, cluster, object_store_server, store, bucket):
    server = object_store_server
    store.put(bucket, "x.dump", dumped("-Fc").read_bytes())
    answer = command(
        "--dump",
        f"s3://{bucket}/x.dump",
        "--dsn",
        url(cluster.dsn()),
        "--json",
        MINIO_ENDPOINT=server.endpoint,
        MINIO_ACCESS_KEY=server.access_key,
        MINIO_SECRET_KEY=server.secret_key,
    )
    assert (answer.code, answer.json()["dump"]) == (0, f"s3://{bucket}/x.dump")


@pytest.mark.parametrize(
    ("form", "number"),
    [("-Fc", signal.SIGINT), ("-Fp", signal.SIGTERM), ("-Fc", signal.SIGKILL)],
)
def test_whatever_ends_it_nothing_stays(
    *, form, number, command, dumped, cluster, ask, database_dsn
):
    """After kill -9 it is the next run that clears up."""
    ask(
        database_dsn,
        "CREATE TABLE t (id int)",
        "INSERT INTO t VALUES (1)",
        "CREATE VIEW slow AS SELECT pg_sleep(30)::text AS x",
        "CREATE MATERIALIZED VIEW m AS SELECT * FROM slow WITH NO DATA",
    )
    path = dumped(form, dsn=database_dsn)
    # Populated at the original, as the dump's own statement says.
    path.write_bytes(path.read_bytes().replace(b"WITH NO DATA", b"            "))
    there = "SELECT count(*) FROM pg_stat_activity WHERE datname ~ '^studioops_verify_' AND query ~ 'CREATE MATERIALIZED'"
    process = command.start("--dump", str(path), "--dsn", url(cluster.dsn()))
    until = time.monotonic() + 30
    while ask(cluster.dsn(), there) != [(1,)]:
        assert time.monotonic() < until, process.communicate(timeout=1)
        time.sleep(0.1)
    process.send_signal(number)
    out, err = process.communicate(timeout=30)
    assert "Traceback" not in err
    assert "passed" not in out
    assert process.returncode != 0
    left = ask(
        cluster.dsn(), "SELECT count(*) FROM pg_database WHERE datname ~ '^studioops_verify_'"
    )
    assert left == [(int(number is signal.SIGKILL),)]
    if number is signal.SIGKILL:
        answer = command("--dump", str(dumped("--schema-only")), "--dsn", url(cluster.dsn()))
        assert answer.code == 1
        left = ask(
            cluster.dsn(), "SELECT count(*) FROM pg_database WHERE datname ~ '^studioops_verify_'"
        )
        assert left == [(0,)]
