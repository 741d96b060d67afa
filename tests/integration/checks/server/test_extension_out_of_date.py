"""An extension whose objects are older than its files."""

import re

from studioops.model import Severity

NAME = "extension_out_of_date"


def test_an_extension_older_than_its_files_is_found_and_updated(checked):
    checked.sql("CREATE EXTENSION pg_trgm VERSION '1.3'", "CREATE EXTENSION pgstattuple")
    checked.prove(NAME, {"pg_trgm": "version 1.3 is installed, the server has 1."})


def test_one_without_a_way_is_told_of_with_what_to_decide(checked):
    def decide(findings) -> None:
        checked.sql(*re.findall("((?:DROP|CREATE) EXTENSION [a-z_]+;)", findings[0].repair))

    checked.sql(
        "CREATE EXTENSION pg_trgm",
        "UPDATE pg_extension SET extversion = '0.1' WHERE extname = 'pg_trgm'",
    )
    checked.prove(NAME, {"pg_trgm": "no way from the one to the other"}, mend=decide)


def test_one_whose_files_are_gone_is_an_error(checked):
    def decide(findings) -> None:
        checked.sql(*re.findall("(DROP EXTENSION .*;)", findings[0].repair))

    checked.sql(
        "CREATE EXTENSION pg_trgm",
        "UPDATE pg_extension SET extname = 'No files' WHERE extname = 'pg_trgm'",
    )
    (found,) = checked.prove(NAME, {'"No files"': "its files are not on the server"}, mend=decide)
    assert found.severity is Severity.ERROR


def test_extensions_of_the_server_s_version_are_well(checked):
    checked.sql("CREATE EXTENSION pg_trgm", "CREATE EXTENSION pg_stat_statements")
    assert checked.find(NAME) == []
