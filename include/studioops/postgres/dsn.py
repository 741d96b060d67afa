"""What a connection string says, as libpq reads it, and how to speak of it without its secret."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from psycopg import ProgrammingError
from psycopg.conninfo import conninfo_to_dict

from studioops.errors import UsageError

TOO_HIGH_PORT = 65536
EXAMPLE = "postgresql://user:password@host:5432/database"


@dataclass(frozen=True)
class Dsn:
    """A parsed connection string.

    Args:
        params: libpq's own parameters; what is absent is libpq's to fill in (PGHOST, .pgpass, …).
    """

    params: dict[str, Any]

    def __repr__(self) -> str:
        """Never the password, in whatever prints this."""
        return f"Dsn({self.where!r})"

    @property
    def where(self) -> str:
        """Host, port and database, to be shown."""
        host = self.params.get("host") or self.params.get("hostaddr") or "the default host"
        port = self.params.get("port")
        return f"{host}{f':{port}' if port else ''}/{self.database or '(default)'}"

    @property
    def user(self) -> str:
        """The role, or an empty text where libpq picks it."""
        return str(self.params.get("user") or "")

    @property
    def database(self) -> str:
        """The database, or an empty text where libpq picks it."""
        return str(self.params.get("dbname") or "")

    def redact(self, text: str) -> str:
        """The text with this connection's secrets blotted out, percent-encoded ones too."""
        for key in ("password", "sslpassword", "passfile"):
            secret = self.params.get(key)
            if secret:
                for spelling in {str(secret), quote(str(secret)), quote(str(secret), safe="")}:
                    text = text.replace(spelling, "***")
        return text


def parse_dsn(text: str) -> Dsn:
    """Read a connection URL (or libpq's ``key=value`` words).

    Args:
        text: ``postgresql://…``, ``postgres://…``, SQLAlchemy's ``postgresql+psycopg://…``,
            or ``host=… dbname=…``.

    Returns:
        its parameters, percent-decoded.

    Raises:
        UsageError: it can't be read; the message never quotes it, since it may hold a password.
    """
    scheme, separator, rest = text.strip().partition("://")
    plain = f"postgresql://{rest}" if separator and scheme.startswith("postgres") else text.strip()
    try:
        params = {key: value for key, value in conninfo_to_dict(plain).items() if value is not None}
    except ProgrammingError:
        raise UsageError("the connection URL can't be read", f"write {EXAMPLE}") from None
    if not params:
        raise UsageError("the connection URL is empty", f"write {EXAMPLE}")
    ports = str(params.get("port") or "5432").split(",")
    if not all(port.isdecimal() and 0 < int(port) < TOO_HIGH_PORT for port in ports if port):
        raise UsageError("the connection URL's port is no port", f"write {EXAMPLE}")
    if "@" in str(params.get("host", "")):
        raise UsageError(
            "the connection URL has more than one @",
            "percent-encode @, :, / and # in the password (@ is %40)",
        )
    return Dsn(params)
