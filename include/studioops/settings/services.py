"""The services that are watched: what each is, how it is looked at, and whether it is needed."""

from __future__ import annotations

from enum import StrEnum

from pydantic import BaseModel, ConfigDict, Field, SecretStr
from pydantic_settings import BaseSettings

from studioops.settings.environment import written

SHORTEST_S = 60
ONE_LOOK = "seconds for one look, all of it"


class Kind(StrEnum):
    """What a service is, and so how it is looked at."""

    POSTGRES = "postgres"
    OBJECT_STORE = "object_store"
    OPENAI = "openai"
    TRELLO = "trello"
    LANGFUSE = "langfuse"
    HTTP = "http"
    HOST = "host"


class Service(BaseModel):
    """One service, and what is asked of it.

    Args:
        kind: what it is.
        required: whether the application can't work without it.
        url: where it is; for the kind ``http`` the whole address, for ``postgres`` a connection
            string. Kinds that have settings of their own (``MINIO_*``, ``OPENAI_*``, …) need none.
        interval: seconds between two looks.
        timeout: seconds for one look, all of it.
        slow_after: seconds from which an answer counts as degraded; what is usual for its kind
            without one.
        failures: looks in a row that must fail before it counts as away.
        successes: looks in a row that must pass before it counts as back.
        status: of an HTTP answer that is well.
        contains: a text that the body of an HTTP answer must hold; none where it is empty.
        certificate_days: days before a certificate expires from which that is told.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    kind: Kind
    required: bool = False
    url: SecretStr | None = None
    interval: float = Field(60, gt=0)
    timeout: float = Field(5, gt=0, le=300)
    slow_after: float | None = Field(None, gt=0)
    failures: int = Field(3, ge=1, le=100)
    successes: int = Field(2, ge=1, le=100)
    status: tuple[int, ...] = (200,)
    contains: str = ""
    certificate_days: float = Field(14, ge=0)


def called(name: str) -> str:
    """A service's name as it is shown, whatever it is written like: a variable takes no space.

    Args:
        name: such as ``OBJECT_STORE``.
    """
    return name.lower().replace("_", " ")


class ServiceSettings(BaseSettings):
    """The services that are watched, and how those that we use ourselves are reached."""

    declared_services: dict[str, Service] = Field(
        {},
        alias="STUDIOOPS_SERVICES",
        description="more services by name, or other limits for those that are known",
    )
    health_check_interval: float = Field(
        60,
        alias="HEALTH_CHECK_INTERVAL",
        gt=0,
        description="seconds between two looks",
        json_schema_extra=written(60, 30, 120),
    )
    database_health_timeout: float = Field(
        5, alias="DATABASE_HEALTH_TIMEOUT", gt=0, description=ONE_LOOK
    )
    minio_health_timeout: float = Field(5, alias="MINIO_HEALTH_TIMEOUT", gt=0, description=ONE_LOOK)

    openai_api_key: SecretStr | None = Field(
        None, alias="OPENAI_API_KEY", description="begins with sk-"
    )
    openai_base_url: str = Field(
        "https://api.openai.com/v1",
        alias="OPENAI_BASE_URL",
        description="where it is, or a proxy, a compatible server, a stand-in",
    )
    openai_model: str = Field(
        "gpt-5-mini", alias="OPENAI_MODEL", description="which model is asked"
    )
    openai_health_timeout: float = Field(
        15, alias="OPENAI_HEALTH_TIMEOUT", gt=0, description=ONE_LOOK
    )

    trello_api_key: SecretStr | None = Field(
        None, alias="TRELLO_API_KEY", description="32 hexadecimal characters"
    )
    trello_api_token: SecretStr | None = Field(
        None, alias="TRELLO_API_TOKEN", description="64 hexadecimal characters, or ATTA and more"
    )
    trello_base_url: str = Field(
        "https://api.trello.com/1",
        alias="TRELLO_BASE_URL",
        description="where it is, or a stand-in",
    )
    trello_board: str | None = Field(
        None, alias="TRELLO_DEFAULT_BOARD_ID", description="the board where incidents get a card"
    )
    trello_health_timeout: float = Field(
        10, alias="TRELLO_HEALTH_TIMEOUT", gt=0, description=ONE_LOOK
    )

    langfuse_host: str | None = Field(
        None, alias="LANGFUSE_HOST", description="its address, with https://"
    )
    langfuse_public_key: SecretStr | None = Field(
        None, alias="LANGFUSE_PUBLIC_KEY", description="the public half of the key pair"
    )
    langfuse_secret_key: SecretStr | None = Field(
        None, alias="LANGFUSE_SECRET_KEY", description="the secret half of the key pair"
    )
    langfuse_health_timeout: float = Field(
        5, alias="LANGFUSE_HEALTH_TIMEOUT", gt=0, description=ONE_LOOK
    )

    @property
    def looks_every(self) -> float:
        """Seconds between two runs of the DAG that looks: each is a run of Airflow's."""
        return max(SHORTEST_S, self.health_check_interval)

    @property
    def services(self) -> dict[str, Service]:
        """Every service by name: those that are known, as declared where they are, and more."""
        every = self.health_check_interval

        def known(kind: Kind, timeout: float, *, required: bool = False) -> Service:
            return Service(kind=kind, required=required, interval=every, timeout=timeout)

        named = {
            "database": known(Kind.POSTGRES, self.database_health_timeout, required=True),
            "object store": known(Kind.OBJECT_STORE, self.minio_health_timeout, required=True),
            "openai": known(Kind.OPENAI, self.openai_health_timeout),
            "trello": known(Kind.TRELLO, self.trello_health_timeout),
            "langfuse": known(Kind.LANGFUSE, self.langfuse_health_timeout),
            "host": known(Kind.HOST, self.database_health_timeout),
        }
        return named | {called(name): one for name, one in self.declared_services.items()}
