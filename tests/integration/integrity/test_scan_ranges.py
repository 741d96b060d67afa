"""Huge tables in ranges of their key: exact whatever the statistics say, resumable, never half."""

from __future__ import annotations

import pytest

from studioops.integrity import batches, load_contract, merge_scans, plan_scan, remaining, scan
from studioops.integrity.scan import small
from studioops.model import Report, Status
from studioops.postgres import open_database

ROWS = 6000
RANGE = 500
BIG = (
    "CREATE TABLE p (id int PRIMARY KEY); INSERT INTO p SELECT generate_series(1, 900)",
    "CREATE TABLE c (id int PRIMARY KEY, p int REFERENCES p, q int REFERENCES p)",
    f"INSERT INTO c SELECT n, 1 + n % 900, NULL FROM generate_series(1, {ROWS}) AS n",
)
ORPHANS = (1, 499, 500, 501, 3000, 5999, 6000)


@pytest.fixture
def big(planted):
    planted.sql(*BIG, "ANALYZE c")
    listed = ", ".join(map(str, ORPHANS))
    return planted.orphaned(f"UPDATE c SET p = -id WHERE id IN ({listed})")


@pytest.fixture
def database(big):
    with open_database(big.dsn) as database:
        yield database


def planned_keys(database, range_rows=RANGE) -> list[str]:
    return [one.key for one in plan_scan(database, None, range_rows=range_rows)]


def entry(report: Report, child="public.c(p)") -> dict:
    (found,) = [one for one in report.evidence["relationships"] if one["child"] == child]
    return found


def without_times(report: Report) -> dict:
    told = {name: report.evidence[name] for name in ("status", "summary")}
    told["findings"] = sorted(map(str, report.evidence["findings"]))
    entries = [{**one, "seconds": 0} for one in report.evidence["relationships"]]
    return {**told, "relationships": sorted(entries, key=str)}


def test_a_huge_table_is_looked_at_in_ranges_and_told_of_as_one(database):
    report = scan(database, None, target="t", range_rows=RANGE)
    seen = entry(report)
    assert (seen["orphans"], seen["rows"], seen["status"]) == (len(ORPHANS), ROWS, "failed")
    assert (seen["strategy"], seen["range"]) == ("primary_key_ranges", None)
    assert seen["ranges"] >= ROWS / RANGE
    assert f"{seen['ranges']} ranges of the primary key" in seen["strategy_reason"]
    assert [one["row"]["id"] for one in seen["sample"]] == ["1", "499", "500", "501", "3000"]
    assert len(report.evidence["relationships"]) == 2


def test_its_faults_are_told_once_with_the_figures_of_the_whole(database):
    ranged = scan(database, None, target="t", range_rows=RANGE)
    whole = scan(database, None, target="t")
    names = [(one.check, one.object) for one in ranged.findings]
    assert len(names) == len(set(names))
    (orphan,) = [one for one in ranged.findings if one.check.startswith("orphan")]
    assert orphan.message.startswith(f"7 of {ROWS} rows have no parent")
    # What is to be typed lists all of them, not those of a range.
    assert orphan.repair == next(o for o in whole.findings if o.check == orphan.check).repair


@pytest.mark.parametrize("lie", [
    "DELETE FROM c WHERE id < 100",
    "INSERT INTO c SELECT n, 5, NULL FROM generate_series(6001, 9000) AS n",
    "INSERT INTO c SELECT -n, 5, NULL FROM generate_series(1, 3000) AS n",
    "UPDATE c SET id = id + 20000 WHERE id < 2000",
])  # fmt: skip
def test_statistics_that_are_out_of_date_lose_no_row(big, database, lie):
    big.sql("ALTER TABLE c SET (autovacuum_enabled = off)")
    keys = planned_keys(database)
    big.orphaned(lie)
    parts = [scan(database, None, target="t", keys=share) for share in ([one] for one in keys)]
    assert (
        without_times(merge_scans("t", parts, keys, ""))["summary"]
        == scan(database, None, target="t").evidence["summary"]
    )


def test_ranges_are_shared_out_over_batches(database):
    planned = plan_scan(database, None, range_rows=RANGE)
    shares = batches(planned, 4)
    assert len(shares) == 4
    assert sorted(key for share in shares for key in share) == sorted(one.key for one in planned)
    # Both references of a range go together: they share a count of its rows.
    assert all(len(share) % 2 == 0 for share in shares)
    parts = [scan(database, None, target="t", keys=share) for share in reversed(shares)]
    merged = merge_scans("t", parts, [one.key for one in planned], "")
    assert without_times(merged) == without_times(
        scan(database, None, target="t", range_rows=RANGE)
    )


def test_ranges_planned_before_an_analyze_still_fit_after_it(big, database):
    keys = planned_keys(database)
    big.sql("ALTER TABLE c ALTER id SET STATISTICS 7; ANALYZE c")
    assert planned_keys(database) != keys
    report = merge_scans("t", [scan(database, None, target="t", keys=keys)], keys, "")
    assert entry(report)["orphans"] == len(ORPHANS)


def test_a_range_that_was_lost_is_never_passed(database):
    keys = planned_keys(database)
    mine = [key for key in keys if '"public.c(q)"' in key]
    parts = [scan(database, None, target="t", keys=mine[1:])]
    seen = entry(merge_scans("t", parts, mine, "the worker died"), "public.c(q)")
    assert seen["status"] == "not_checked"
    assert seen["reason"] == f"1 of {len(mine)} ranges were not looked at: the worker died"
    broken = [key for key in keys if '"public.c(p)"' in key]
    parts = [scan(database, None, target="t", keys=broken[:-1])]
    seen = entry(merge_scans("t", parts, broken, "the worker died"))
    # What was found is found, and counted as at least so much.
    assert (seen["status"], seen["orphans"]) == ("failed", 5)
    assert f"1 of {len(broken)} ranges were not looked at" in seen["reason"]


def test_without_any_range_nothing_is_known(database):
    keys = [key for key in planned_keys(database) if '"public.c(p)"' in key]
    seen = entry(merge_scans("t", [], keys, "the worker died"))
    assert (seen["status"], seen["orphans"], seen["reason"]) == (
        "not_checked",
        None,
        "the worker died",
    )


def test_a_constraint_dropped_meanwhile_is_not_checked(big, database):
    keys = planned_keys(database)
    big.sql("ALTER TABLE c DROP CONSTRAINT c_q_fkey")
    report = merge_scans("t", [scan(database, None, target="t", keys=keys)], keys, "")
    assert entry(report, "public.c(q)")["status"] == "not_checked"
    assert "the database has changed meanwhile" in entry(report, "public.c(q)")["reason"]


@pytest.mark.parametrize(
    ("make", "why"),
    [
        ("CREATE TABLE c (id int, p int REFERENCES p)", "no primary key"),
        (
            "CREATE TABLE c (id uuid PRIMARY KEY DEFAULT gen_random_uuid(), p int REFERENCES p)",
            "no order",
        ),
    ],
)
def test_a_table_that_can_not_be_cut_is_looked_at_whole(planted, make, why):
    planted.sql("CREATE TABLE p (id int PRIMARY KEY); INSERT INTO p SELECT generate_series(1, 50)")
    planted.sql(make, "INSERT INTO c (p) SELECT 1 + n % 50 FROM generate_series(1, 3000) AS n"
                if why == "no order" else
                "INSERT INTO c SELECT n, 1 + n % 50 FROM generate_series(1, 3000) AS n", "ANALYZE")  # fmt: skip
    with open_database(planted.dsn) as database:
        seen = entry(scan(database, None, target="t", range_rows=RANGE))
    assert (seen["status"], seen["ranges"], seen["rows"]) == ("passed", 1, 3000)


@pytest.mark.parametrize("kind", ["bigint", "text", "timestamptz", "numeric", "date"])
def test_keys_of_any_type_are_cut_and_found_again(planted, kind):
    make = {
        "bigint": "n",
        "text": "lpad(n::text, 9, '0') || ' it''s %s'",
        "timestamptz": "'2020-01-01 00:00+02'::timestamptz + n * interval '1 hour'",
        "numeric": "n / 7.0",
        "date": "'0001-01-01'::date + n",
    }[kind]
    planted.sql(
        "CREATE TABLE p (id int PRIMARY KEY); INSERT INTO p VALUES (1)",
        f"CREATE TABLE c (id {kind} PRIMARY KEY, p int REFERENCES p)",
        f"INSERT INTO c SELECT {make}, 1 FROM generate_series(1, 3000) AS n ORDER BY 1",
        "ANALYZE",
    )
    planted.orphaned(
        "UPDATE c SET p = 2 WHERE id IN (SELECT id FROM c ORDER BY id LIMIT 7 OFFSET 996)"
    )
    with open_database(planted.dsn) as database:
        seen = entry(scan(database, None, target="t", range_rows=RANGE))
    assert seen["ranges"] > 1
    assert (seen["orphans"], seen["rows"]) == (7, 3000)


def test_a_partitioned_table_is_cut_by_the_statistics_of_its_root(planted):
    planted.sql(
        "CREATE TABLE p (id int PRIMARY KEY); INSERT INTO p VALUES (1)",
        "CREATE TABLE c (id int PRIMARY KEY, p int REFERENCES p) PARTITION BY RANGE (id)",
        *(
            f"CREATE TABLE c{n} PARTITION OF c FOR VALUES FROM ({n * 1000}) TO ({n * 1000 + 1000})"
            for n in range(4)
        ),
        "INSERT INTO c SELECT n, 1 FROM generate_series(0, 3999) AS n",
        "ANALYZE",
    )
    planted.orphaned("UPDATE c SET p = 9 WHERE id % 1000 = 0")
    with open_database(planted.dsn) as database:
        seen = entry(scan(database, None, target="t", range_rows=RANGE))
    assert seen["ranges"] > 1
    assert (seen["orphans"], seen["rows"]) == (4, 4000)


def test_an_index_that_answers_makes_ranges_needless(big, database, monkeypatch):
    monkeypatch.setattr(small, "SMALL_ROWS", 0)
    big.sql("CREATE INDEX ON c (p)", "CHECKPOINT", "VACUUM ANALYZE c", "VACUUM ANALYZE p")
    seen = entry(scan(database, None, target="t", range_rows=RANGE))
    assert (seen["ranges"], seen["orphans"]) == (1, len(ORPHANS))
    assert seen["strategy"] in ("merge_index_only", "key_walk")


def test_a_paranoid_scan_uses_no_index_to_find_a_range(database):
    seen = entry(scan(database, None, target="t", range_rows=RANGE, paranoid=True))
    assert (seen["strategy"], seen["ranges"]) == ("heap_only", 1)


def test_a_server_lost_in_the_middle_leaves_the_rest_not_checked_and_a_retry_resumes(
    database, cluster
):
    keys, parts = planned_keys(database), []
    name = database.dsn.database

    def lose_it_after_three(part: Report) -> None:
        parts.append(part)
        if len(parts) == 3:
            cluster.run("ALTER DATABASE {} ALLOW_CONNECTIONS false", name)
            cluster.run(
                f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'"
            )

    first = scan(database, None, target="t", keys=keys, checkpoint=lose_it_after_three)
    cluster.run("ALTER DATABASE {} ALLOW_CONNECTIONS true", name)
    cut_off = merge_scans("t", [*parts, first], keys, "")
    assert entry(cut_off, "public.c(q)")["status"] == "not_checked"
    assert "ranges were not looked at" in entry(cut_off, "public.c(q)")["reason"]
    left = remaining(keys, [first])
    assert 0 < len(left) < len(keys)
    assert remaining(keys, parts) == left
    second = scan(database, None, target="t", keys=left)
    assert remaining(keys, [*parts, second]) == []
    resumed = merge_scans("t", [*parts, second], keys, "")
    whole = scan(database, None, target="t", range_rows=RANGE)
    assert without_times(resumed)["summary"] == without_times(whole)["summary"]
    assert without_times(resumed)["findings"] == without_times(whole)["findings"]


def test_what_a_retry_can_not_help_is_finished(big, cluster, tmp_path):
    path = tmp_path / "contract.yaml"
    path.write_text("relationships:\n- {child: c.gone, parent: p.id}\n", encoding="utf-8")
    contract = load_contract(path)
    with open_database(big.dsn) as database:
        keys = [one.key for one in plan_scan(database, contract)]
        parts = [scan(database, contract, target="t", keys=keys)]
    assert parts[0].status is Status.FAILED
    assert remaining(keys, parts) == []
    assert remaining(keys, []) == keys
