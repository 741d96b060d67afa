"""A table that no foreign key ties to another one."""

NAME = "table_not_linked"
LINKED = (
    "CREATE TABLE parents (id int PRIMARY KEY)",
    "CREATE TABLE children (id int PRIMARY KEY, parent_id int REFERENCES parents)",
)


def test_a_table_that_stands_alone_is_found_until_it_is_tied(checked):
    def mend(findings):
        (line,) = [one for one in findings[0].repair.splitlines() if "ADD FOREIGN KEY" in one]
        checked.sql(line.removeprefix("-- ").replace("…", "parents"))

    checked.sql(*LINKED, 'CREATE TABLE "T t" (id int PRIMARY KEY, "parentId" int, note text)')
    message = 'no foreign key leads from it or to it; "parentId" looks like a reference'
    (finding,) = checked.prove(NAME, {'public."T t"': message}, mend=mend)
    assert "studioops contract infer" in finding.repair


def test_a_key_to_itself_ties_it_to_nothing(checked):
    checked.sql(
        *LINKED,
        "CREATE TABLE t (id int PRIMARY KEY, up_id int REFERENCES t, a_id int)",
        "CREATE TABLE plain (id int PRIMARY KEY, note text)",
    )
    found = {one.object: one.message for one in checked.find(NAME)}
    assert found == {
        "public.t": "its only foreign keys lead to itself; up_id, a_id look like references",
        "public.plain": "no foreign key leads from it or to it",
    }


def test_partitions_speak_for_their_root(checked):
    checked.sql(
        *LINKED,
        "CREATE TABLE loose (a int) PARTITION BY LIST (a)",
        "CREATE TABLE loose1 PARTITION OF loose FOR VALUES IN (1)",
        "CREATE TABLE tied (a int) PARTITION BY LIST (a)",
        "CREATE TABLE tied1 PARTITION OF tied (FOREIGN KEY (a) REFERENCES parents) FOR VALUES IN (1)",
        "CREATE TABLE old (a int); CREATE TABLE young () INHERITS (old)",
    )
    assert [one.object for one in checked.find(NAME)] == ["public.loose", "public.old"]


def test_where_nothing_is_tied_nothing_stands_out(checked):
    checked.sql("CREATE TABLE one (id int PRIMARY KEY)")
    assert checked.find(NAME) == []
    checked.sql("CREATE TABLE two (id int PRIMARY KEY, one_id int)")
    assert checked.find(NAME) == []
    checked.sql("CREATE SCHEMA app; CREATE TABLE app.p (id int PRIMARY KEY)")
    checked.sql("CREATE TABLE app.c (id int REFERENCES app.p)")
    assert checked.find(NAME) == []


def test_a_key_into_another_schema_ties_both(checked):
    checked.sql(
        *LINKED,
        "CREATE SCHEMA app; CREATE TABLE app.t (id int REFERENCES parents)",
        "CREATE TABLE app.alone (id int)",
    )
    assert [one.object for one in checked.find(NAME)] == ["app.alone"]


def test_views_books_and_what_an_extension_owns_are_left_alone(checked):
    checked.sql(
        *LINKED,
        "CREATE VIEW v AS SELECT * FROM parents",
        "CREATE TABLE alembic_version (version_num varchar(32) PRIMARY KEY)",
        'CREATE TABLE "__EFMigrationsHistory" (id text PRIMARY KEY)',
        "CREATE TABLE extensions_own (a int); ALTER EXTENSION plpgsql ADD TABLE extensions_own",
    )
    assert checked.find(NAME) == []
