"""A primary key that means something."""

from itertools import product

NAME = "natural_key"


def test_a_key_that_people_change_moves_aside(checked):
    checked.sql(
        'CREATE TABLE "P p" ("E mail" text PRIMARY KEY, id int)',
        'CREATE TABLE c (a int, mail text, CONSTRAINT "K k" FOREIGN KEY (mail) REFERENCES "P p"'
        " ON UPDATE CASCADE)",
        """INSERT INTO "P p" VALUES ('a@b.c', 7); INSERT INTO c VALUES (1, 'a@b.c')""",
    )
    (finding,) = checked.prove(
        NAME,
        {
            'public."P p"': 'its primary key ("E mail") says something: "E mail"; '
            "foreign keys repeat it in public.c"
        },
    )
    assert "ACCESS EXCLUSIVE" in finding.repair
    checked.sql("""UPDATE "P p" SET "E mail" = 'new'""")


def test_a_key_of_several_columns_names_those_that_say_something(checked):
    checked.sql("CREATE TABLE t (tenant int, name varchar(80), PRIMARY KEY (tenant, name))")
    checked.prove(
        NAME, {"public.t": "(tenant, name) says something: name; nothing refers to it yet"}
    )


def test_partitions_are_told_of_at_their_root(checked):
    checked.sql(
        "CREATE TABLE t (mail text, area text, PRIMARY KEY (mail, area)) PARTITION BY LIST (area)",
        "CREATE TABLE t1 PARTITION OF t FOR VALUES IN ('1')",
        "INSERT INTO t VALUES ('a@b.c', '1')",
        "CREATE TABLE only_area (id int, area text, PRIMARY KEY (id, area)) PARTITION BY LIST (area)",
    )
    checked.prove(NAME, {"public.t": "says something: mail"})


def test_a_part_of_another_row_counts_once_something_refers_to_it(checked):
    checked.sql(
        "CREATE TABLE p (id int PRIMARY KEY)",
        "CREATE TABLE words (p int REFERENCES p, locale text, PRIMARY KEY (p, locale))",
    )
    assert checked.find(NAME) == []
    checked.sql(
        "CREATE TABLE c (p int, locale text, FOREIGN KEY (p, locale) REFERENCES words)",
        "INSERT INTO p VALUES (1); INSERT INTO words VALUES (1, 'de'); INSERT INTO c VALUES (1, 'de')",
    )
    checked.prove(
        NAME, {"public.words": "says something: locale; foreign keys repeat it in public.c"}
    )


def test_a_key_that_is_a_foreign_key_itself_is_told_of_where_it_comes_from(checked):
    checked.sql(
        "CREATE TABLE p (mail text PRIMARY KEY)",
        "CREATE TABLE profile (mail text PRIMARY KEY REFERENCES p)",
        "CREATE TABLE pictures (mail text REFERENCES profile)",
    )
    checked.prove(NAME, {"public.p": "foreign keys repeat it in public.profile"})


def test_values_that_say_something_count_whatever_their_length(checked):
    checked.sql(
        "CREATE TABLE t (login char(36) PRIMARY KEY)",
        "INSERT INTO t SELECT 'user ' || n FROM generate_series(1, 100) AS n",
        "ANALYZE t",
    )
    checked.prove(NAME, ["public.t"])


def test_keys_that_mean_nothing_are_left_alone(checked):
    checked.sql(
        "CREATE TABLE numbers (id int PRIMARY KEY); CREATE TABLE uuids (id uuid PRIMARY KEY)",
        "CREATE TABLE days (day date PRIMARY KEY)",
        'CREATE TABLE a (id text PRIMARY KEY); CREATE TABLE b ("userId" text PRIMARY KEY)',
        "CREATE TABLE ab (a text REFERENCES a, b text REFERENCES b, PRIMARY KEY (a, b))",
        "CREATE TABLE drawn (nick text PRIMARY KEY DEFAULT gen_random_uuid()::text)",
        "CREATE TABLE sessions (session_key varchar(40) PRIMARY KEY)",
        "CREATE TABLE files (sha256 char(64) PRIMARY KEY)",
        "CREATE TABLE currencies (code char(3) PRIMARY KEY, name text UNIQUE)",
        "CREATE TABLE alembic_version (version_num varchar(32) PRIMARY KEY)",
        "CREATE TABLE things (thing varchar(36) PRIMARY KEY)",
        "CREATE TABLE hashes (content text PRIMARY KEY)",
        "INSERT INTO hashes SELECT md5(n::text) FROM generate_series(1, 100) AS n",
        "CREATE TABLE extensions_own (name text PRIMARY KEY)",
        "ALTER EXTENSION plpgsql ADD TABLE extensions_own",
        "ANALYZE hashes",
    )
    assert checked.find(NAME) == []


def test_no_key_is_told_of_here_and_as_a_varchar_key(checked):
    names = ("id", "user_id", "name", "thing", "email", "uuid", "code")
    kinds = ("text", "varchar(32)", "varchar(36)", "char(36)", "char(32)")
    values = ("gen_random_uuid()::text", "md5(n::text)", "n::text", "'w ' || n", None)
    tables = [
        f"CREATE TABLE t{number} ({name} {kind} PRIMARY KEY);"
        + (
            f"INSERT INTO t{number} SELECT {value} FROM generate_series(1, 40) AS n"
            if value
            else ""
        )
        for number, (name, kind, value) in enumerate(product(names, kinds, values))
        if not ("32" in kind and value and "uuid" in value)
    ]
    checked.sql(";".join(tables))
    checked.sql("ANALYZE")
    report = checked.report("natural_key", "varchar_key")
    natural = {one.object for one in report.findings if one.check == NAME}
    by_type = {one.object.rpartition(".")[0] for one in report.findings if one.check != NAME}
    assert len(natural) > 20
    assert len(by_type) > 20
    assert natural & by_type == set()
