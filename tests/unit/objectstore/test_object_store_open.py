"""Opening a client: nothing is sent, nothing heavy is imported before, no secret is shown."""

from __future__ import annotations

import subprocess
import sys
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
