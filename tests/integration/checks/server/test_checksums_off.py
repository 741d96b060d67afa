"""A server that does not notice a broken page."""

import re

NAME = "checksums_off"


def test_a_cluster_without_checksums_is_found_until_they_are_on(spare, checked_at):
    def mend(findings) -> None:
        (words,) = re.findall("^-- pg_checksums (.*) -D", findings[0].repair, re.MULTILINE)
        spare.stop()
        spare.tool("pg_checksums", *words.split(), "-D", str(spare.server.data))
        spare.start()

    spare.tool("pg_checksums", "--disable", "-D", str(spare.server.data))
    spare.start()
    checked_at(spare.dsn).prove(NAME, {"data_checksums": "off: "}, mend=mend)


def test_a_cluster_with_checksums_is_well(checked):
    assert checked.find(NAME) == []
