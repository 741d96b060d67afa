"""SeaweedFS as the local object store: one process, its own credentials, 127.0.0.1 alone."""

from __future__ import annotations

import json
import os
import signal
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.error import HTTPError, URLError

from studioops.errors import LocalStackError, NotOurs
from studioops.local.loopback import get
from studioops.local.ports import GRPC_OFFSET, LOOPBACK, taken_ports
from studioops.local.processes import Session, last_lines, wait_for
from studioops.settings.files import write_private

PORT_NAMES = ("s3", "master", "volume", "filer", "admin")
ACTIONS = ("Admin", "Read", "Write", "List", "Tagging")
# SeaweedFS makes sockets there, whatever TMPDIR says, and leaves some behind.
SOCKETS = Path("/tmp")  # noqa: S108 - where they are, not where we write
START_PATIENCE_S = 60
STOP_PATIENCE_S = 15
FORBIDDEN = 403
# Behind S3 stand the filer and the volume server with HTTP ports of their own, which let everyone
# in unless they are given keys to sign with.
KEYS = {
    "WEED_JWT_FILER_SIGNING_KEY": "object_store_filer_write_key",
    "WEED_JWT_FILER_SIGNING_READ_KEY": "object_store_filer_read_key",
    "WEED_JWT_SIGNING_KEY": "object_store_volume_write_key",
    "WEED_JWT_SIGNING_READ_KEY": "object_store_volume_read_key",
}


@dataclass(frozen=True, slots=True)
class ObjectStoreServer:
    """One SeaweedFS and its data.

    Args:
        home: a private directory; the data lie in ``data`` below it.
        log: where it writes.
        ports: one for each of PORT_NAMES; each has its gRPC companion 10000 above.
        secrets: the stack's.
    """

    home: Path
    log: Path
    ports: Mapping[str, int]
    secrets: Mapping[str, str] = field(repr=False)

    @property
    def endpoint(self) -> str:
        """Host and port of the S3 service."""
        return f"{LOOPBACK}:{self.ports['s3']}"

    @property
    def access_key(self) -> str:
        """The one key id that it takes."""
        return self.secrets["object_store_access_key"]

    @property
    def secret_key(self) -> str:
        """The secret of that key."""
        return self.secrets["object_store_secret_key"]

    @property
    def session(self) -> Session:
        """Its process."""
        return Session(self.home / "pid", self.home)

    def start(self) -> None:
        """Start it and wait until it refuses a caller without credentials.

        Raises:
            LocalStackError: it did not answer in time.
            NotOurs: somebody else listens at one of its ports.
        """
        taken = taken_ports(self.ports.values())
        if taken:
            raise NotOurs(
                f"port {taken[0]} of the object store is taken by somebody else",
                f"see who it is with `ss -ltnp 'sport = :{taken[0]}'`, stop it, then run "
                "`studioops up`",
            )
        for name in ("data", "logs"):
            (self.home / name).mkdir(parents=True, exist_ok=True)
        self.home.chmod(0o700)
        write_private(self.home / "s3.json", self._identities())
        process = self.session.start(self._command(), self._environment(), self.log)
        wait_for(lambda: process.poll() is not None or self.answers(), START_PATIENCE_S)
        if not self.answers():
            raise LocalStackError(
                f"the object store did not start on {self.endpoint}: {last_lines(self.log)}",
                f"read {self.log}, then run `studioops up` again",
            )

    def stop(self) -> None:
        """Stop it, and wait until it is gone."""
        self.session.stop(signal.SIGINT, STOP_PATIENCE_S)
        for port in self.ports.values():
            for socket in SOCKETS.glob(f"seaweedfs-*-{port}.sock"):
                socket.unlink(missing_ok=True)
            for socket in SOCKETS.glob(f"seaweedfs-*-grpc-{port + GRPC_OFFSET}.sock"):
                socket.unlink(missing_ok=True)

    def answers(self) -> bool:
        """Whether the S3 service refuses the anonymous, as it must, and has its volumes behind it.

        After a start it answers some seconds before the volumes have reported, and objects that
        are there can't be read until then.
        """
        try:
            get(f"http://{self.endpoint}/", timeout=2).close()
        except HTTPError as error:
            return error.code == FORBIDDEN and self._has_volumes()
        except (URLError, OSError):
            return False
        return False

    def _has_volumes(self) -> bool:
        try:
            with get(f"http://{LOOPBACK}:{self.ports['master']}/dir/status", 2) as answer:
                topology = json.load(answer)["Topology"]
        except (URLError, OSError, ValueError, KeyError):
            return False
        return int(topology.get("Max") or 0) > 0

    def _identities(self) -> str:
        credentials = [{"accessKey": self.access_key, "secretKey": self.secret_key}]
        identity = {"name": "studioops", "credentials": credentials, "actions": ACTIONS}
        return json.dumps({"identities": [identity]})

    def _command(self) -> list[str]:
        listening = [
            option
            for name, port in self.ports.items()
            for option in (f"-{name}.port={port}", f"-{name}.port.grpc={port + GRPC_OFFSET}")
        ]
        return [
            str(Path(sys.executable).with_name("weed")),
            f"-logdir={self.home / 'logs'}",
            "mini",
            f"-dir={self.home / 'data'}",
            f"-ip={LOOPBACK}",
            f"-ip.bind={LOOPBACK}",
            *listening,
            "-s3.port.iceberg=0",
            "-s3.port.lance=0",
            f"-s3.config={self.home / 's3.json'}",
            "-s3.autoCreateBucket=false",
            "-s3.allowDeleteBucketNotEmpty=false",
            "-master.telemetry=false",
            "-metricsPort=0",
            "-admin.ui=false",
            "-webdav=false",
        ]

    def _environment(self) -> dict[str, str]:
        """Small in memory; without the caller's AWS_* and S3_*, which it would take for its own."""
        return {
            "PATH": os.environ.get("PATH", os.defpath),
            "HOME": str(self.home),
            "GOMEMLIMIT": "300MiB",
            "GOGC": "50",
            **{name: self.secrets[secret] for name, secret in KEYS.items()},
        }
