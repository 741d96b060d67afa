"""Opening a client: nothing is sent, nothing heavy is imported before, no secret is shown."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from studioops.errors import ObjectStoreDenied, UsageError
from studioops.objectstore import open_object_store
from studioops.objectstore.failure import translated


@pytest.mark.parametrize(
    "endpoint",
    [
        "",
        "http://127.0.0.1:9000",
        "user:hush@127.0.0.1:9000",
        "127.0.0.1:9000/bucket",
        "127.0.0.1:port",
        "host name",
        "bad_host!:9000",
        ":9000",
    ],
)
def test_endpoint_that_is_no_host_and_port(endpoint: str) -> None:
    with pytest.raises(UsageError, match="no host:port") as caught:
        open_object_store(endpoint, "key", "hush")
    assert "MINIO_SECURE" in caught.value.next_step
    assert "hush" not in f"{caught.value} {caught.value.next_step}"


def test_client_is_as_wanted_and_connects_nowhere() -> None:
    with open_object_store("127.0.0.1:1/", "key", "hush", secure=True, timeout=7) as store:
        config: Any = store.client.meta.config
        assert store.client.meta.endpoint_url == "https://127.0.0.1:1"
        assert config.signature_version == "s3v4"
        assert config.s3["addressing_style"] == "path"
        assert (config.connect_timeout, config.read_timeout) == (7, 7)
        assert config.retries == {"total_max_attempts": 1, "mode": "standard"}
        assert repr(store) == "ObjectStore(endpoint='127.0.0.1:1', region='us-east-1')"


def test_clients_share_what_is_read_from_files_and_nothing_else() -> None:
    from studioops.objectstore.models import new_session

    one, two = new_session()._session, new_session()._session
    assert one is not two
    loaders = [session.get_component("data_loader") for session in (one, two)]
    assert loaders[0] is loaders[1]
    # boto3 appends to it, once a session.
    assert len(loaders[0].search_paths) == len(set(loaders[0].search_paths))
    with open_object_store("127.0.0.1:1", "key", "hush") as store:
        assert store.client.meta.service_model.service_name == "s3"


def test_models_of_an_own_directory_are_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from studioops.objectstore.models import new_session

    monkeypatch.setenv("AWS_DATA_PATH", str(tmp_path))
    loader = new_session()._session.get_component("data_loader")
    assert str(tmp_path) in loader.search_paths


@pytest.mark.parametrize(
    "text",
    [
        "2026-11-24T02:03:04Z",
        "2026-11-24T02:03:04.567Z",
        "2026-11-24T02:03:04.567891234Z",
        "2026-11-24T02:03:04+01:00",
        "Tue, 24 Nov 2026 02:03:04 GMT",
        "20261124T020304Z",
        "1764000000",
        1764000000.5,
    ],
)
def test_a_time_is_what_botocore_makes_of_it(text: Any) -> None:
    from botocore.utils import parse_timestamp

    from studioops.objectstore.models import moment

    assert moment(text) == parse_timestamp(text)
    assert moment(text).utcoffset() is not None


@pytest.mark.parametrize("text", ["", "yesterday", "2026-13-41T99:00:00Z"])
def test_what_is_no_time_is_refused_as_before(text: str) -> None:
    from studioops.objectstore.models import moment

    with pytest.raises(ValueError):  # noqa: PT011 - of whichever parser
        moment(text)


def test_boto3_is_imported_only_to_open() -> None:
    script = (
        "import sys, studioops.objectstore, studioops.services;"
        "print(sorted({'boto3', 'botocore', 'alembic', 'airflow'} & set(sys.modules)))"
    )
    assert subprocess.check_output([sys.executable, "-c", script], text=True).strip() == "[]"


@pytest.mark.parametrize(
    ("code", "said", "step"),
    [
        ("RequestTimeTooSkewed", "our clock is wrong", "clock"),
        ("ExpiredToken", "expired", "make new ones"),
        ("AuthorizationHeaderMalformed", "another region", "MINIO_REGION"),
        ("AccessDenied", "refuses", "policy"),
    ],
)
def test_every_refusal_has_its_next_step(code: str, said: str, step: str) -> None:
    from botocore.exceptions import ClientError

    answer: Any = {
        "Error": {"Code": code, "Message": "the request was hush"},
        "ResponseMetadata": {"HTTPStatusCode": 403},
    }
    with pytest.raises(ObjectStoreDenied, match=said) as caught, translated("host:1", "b", "k"):
        raise ClientError(answer, "PutObject")
    assert caught.value.message.startswith("host:1/b/k: ")
    assert step in caught.value.next_step
    assert "hush" not in caught.value.message
