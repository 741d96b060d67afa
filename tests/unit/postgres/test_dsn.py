from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from studioops.errors import UsageError
from studioops.postgres import parse_dsn


@pytest.mark.parametrize(
    "text",
    [
        "postgresql://u:geheim@h:5433/d",
        "postgres://u:geheim@h:5433/d",
        "postgresql+psycopg2://u:geheim@h:5433/d",
        "postgresql+asyncpg://u:geheim@h:5433/d",
        "host=h port=5433 user=u password=geheim dbname=d",
        " postgresql://u:geheim@h:5433/d\n",
    ],
)
def test_every_usual_spelling(text):
    dsn = parse_dsn(text)
    assert (dsn.where, dsn.user, dsn.database) == ("h:5433/d", "u", "d")
    assert dsn.params["password"] == "geheim"
    assert "geheim" not in repr(dsn)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "  ",
        "geheim",
        "mysql://u:geheim@h/d",
        "postgresql://u:geheim@h/d?nope=1",
        "postgresql://u:geheim@h:port/d",
        "postgresql://u:ge@heim@h/d",
    ],
)
def test_what_cannot_be_read_is_refused_without_being_quoted(text):
    with pytest.raises(UsageError) as caught:
        parse_dsn(text)
    assert "geheim" not in caught.value.message + caught.value.next_step


@given(st.text(st.characters(codec="utf-8", exclude_characters="\0"), min_size=3, max_size=20))
def test_no_spelling_of_a_password_survives_redaction(password):
    from urllib.parse import quote

    dsn = parse_dsn(f"postgresql://u:{quote(password, safe='')}@h/d")
    assert dsn.params["password"] == password
    spellings = (password, quote(password), quote(password, safe=""))
    for spelling in spellings:
        left = dsn.redact(f"<{spelling}>")
        assert left == "<***>" or spelling in "<***>"
