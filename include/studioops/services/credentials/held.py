"""The credentials that the settings hold, each with the look that it takes."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial

from studioops.errors import StudioOpsError
from studioops.postgres import Database
from studioops.services.credentials.credential import Credential
from studioops.services.credentials.fernet import NAME as FERNET
from studioops.services.credentials.fernet import check_fernet
from studioops.services.credentials.object_store import check_object_store
from studioops.services.credentials.openai import check_openai
from studioops.services.credentials.postgres import check_postgres
from studioops.services.credentials.secret import check_secret
from studioops.services.credentials.trello import check_trello
from studioops.services.credentials.weakness import weak_in_airflow
from studioops.services.reach import Reach
from studioops.settings import Environment, Settings
from studioops.settings.secret import plain
from studioops.settings.services import called


@dataclass(frozen=True, slots=True)
class Keys:
    """What the credentials are, in plain values. None: it is not configured, or not known here.

    Args:
        reach: how the services are reached.
        store_secret: of the object store's key pair.
        ledger: the database of evidence.
        drill: the server where backups are proven; each target's own without one.
        targets: the other databases under care, by their names.
        jwt_secret: the application's, which signs sessions.
        fernet_key: Airflow's, which encrypts its connections.
        api_secret: Airflow's, which signs what its web page keeps.
        task_secret: Airflow's, which signs what tasks and users show to its API.
        unreached: why a credential can't even be tried, by its name.
    """

    reach: Reach = field(repr=False)
    store_secret: str | None = field(default=None, repr=False)
    ledger: Database | None = None
    drill: Database | None = None
    targets: Mapping[str, Database | None] = field(default_factory=dict)
    jwt_secret: str | None = field(default=None, repr=False)
    fernet_key: str | None = field(default=None, repr=False)
    api_secret: str | None = field(default=None, repr=False)
    task_secret: str | None = field(default=None, repr=False)
    unreached: Mapping[str, StudioOpsError] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Held:
    """A credential that is ready to be looked at.

    Args:
        name: it is reported by.
        look: takes the look.
        secret: what its age is that of; empty where there is none, or nobody knows it.
        required: whether the application can't work without it.
    """

    name: str
    look: Callable[[], Credential] = field(repr=False)
    secret: str = field(repr=False)
    required: bool = False


def held(settings: Settings, keys: Keys) -> dict[str, Held]:
    """Every credential by its name, whether it is set or not.

    Args:
        settings: with limits, and with what is required.
        keys: what the credentials are.
    """
    found = [*_databases(settings, keys), *_services(settings, keys), *_secrets(settings, keys)]
    unreached = {**(keys.reach.unreached or {}), **keys.unreached}
    return {one.name: _tried(one, unreached.get(one.name)) for one in found}


def of_target(name: str) -> str:
    """What the credential of a target other than the application's is called.

    Args:
        name: the target's.
    """
    return called(f"target {name}")


def _tried(one: Held, error: StudioOpsError | None) -> Held:
    if error is None:
        return one
    return Held(one.name, partial(Credential.unreached, one.name, error), "", one.required)


def _databases(settings: Settings, keys: Keys) -> Iterator[Held]:
    service = settings.services["database"]

    def one(name: str, database: Database | None, *needs: str, setting: str) -> Held:
        look = partial(
            check_postgres,
            database,
            name=name,
            needs=needs,
            timeout=service.timeout,
            setting=setting,
        )
        secret = str(database.dsn.params.get("password") or "") if database is not None else ""
        return Held(name, look, secret, name == "database" and service.required)

    # Drills make databases and drop them.
    drilling = ("createdb",)
    own = drilling if keys.drill is None else ()
    yield one("database", keys.reach.database, *own, setting="DATABASE_URL")
    yield one("ledger", keys.ledger, setting="LEDGER_URL")
    yield one("drill", keys.drill, *drilling, setting="STUDIOOPS_DRILL_URL")
    for name, database in keys.targets.items():
        yield one(
            of_target(name), database, *own, setting=f"STUDIOOPS_TARGETS__{name.upper()}__URL"
        )


def _services(settings: Settings, keys: Keys) -> Iterator[Held]:
    reach, services = keys.reach, settings.services
    store, openai, trello = (services[name] for name in ("object store", "openai", "trello"))
    look = partial(
        check_object_store,
        reach.store,
        settings.evidence_bucket,
        secret=keys.store_secret or "",
        needed=reach.buckets,
        timeout=store.timeout,
    )
    yield Held("object store", look, keys.store_secret or "", store.required)
    url = plain(openai.url) or reach.openai_url
    asked = partial(check_openai, reach.openai_key, base_url=url, timeout=openai.timeout)
    yield Held("openai", asked, reach.openai_key or "", openai.required)
    told = partial(
        check_trello,
        reach.trello_key,
        reach.trello_token,
        base_url=plain(trello.url) or reach.trello_url,
        board=settings.trello_board,
        timeout=trello.timeout,
    )
    yield Held("trello", told, reach.trello_token or "", trello.required)


def _secrets(settings: Settings, keys: Keys) -> Iterator[Held]:
    production = settings.environment is Environment.PRODUCTION
    own = ("jwt secret", keys.jwt_secret, "JWT_SECRET_KEY", "sessions of the application")
    yield Held(own[0], partial(check_secret, *own), keys.jwt_secret or "", production)
    for signing in (
        ("airflow api secret", keys.api_secret, "AIRFLOW__API__SECRET_KEY", "sessions of Airflow"),
        (
            "airflow jwt secret",
            keys.task_secret,
            "AIRFLOW__API_AUTH__JWT_SECRET",
            "tokens of Airflow's tasks and users",
        ),
    ):
        look = partial(check_secret, *signing, judge=weak_in_airflow)
        yield Held(signing[0], look, signing[1] or "")
    first = (keys.fernet_key or "").partition(",")[0]
    yield Held(FERNET, partial(check_fernet, keys.fernet_key), first)
