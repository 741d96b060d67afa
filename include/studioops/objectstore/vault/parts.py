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
PARTS_IN_MEMORY = 2


def upload_in_parts(size: int) -> TransferConfig:
    """Few parts in memory at a time, and never more of them than S3 takes.

    Args:
        size: bytes to expect; 0 where nobody knows.
    """
    from boto3.s3.transfer import TransferConfig

    part = max(PART, math.ceil(size / MOST_PARTS / STEP) * STEP)
    config = TransferConfig(
        multipart_threshold=part, multipart_chunksize=part, max_concurrency=PARTS_IN_MEMORY
    )
    config.max_in_memory_upload_chunks = PARTS_IN_MEMORY
    return config
