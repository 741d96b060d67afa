"""How a file is cut for its upload."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from boto3.s3.transfer import TransferConfig

STEP = 1 << 20
PART = 8 << 20
# S3 takes 10,000 parts; some are left for what a guess of the size was short of.
MOST_PARTS = 9000


def upload_in_parts(size: int) -> TransferConfig:
    """One part in memory at a time, and never more of them than S3 takes.

    A part has 8 MiB up to 70 GiB of file, 106 MiB for 1 TB, and 583 MiB for the 5 TiB that S3
    takes at most. Threads of boto3's own would hold several.

    Args:
        size: bytes to expect; 0 where nobody knows.
    """
    from boto3.s3.transfer import TransferConfig

    part = max(PART, math.ceil(size / MOST_PARTS / STEP) * STEP)
    return TransferConfig(multipart_threshold=part, multipart_chunksize=part, use_threads=False)
