"""Great Expectations without its talk: no warnings in between, no message to its makers."""

from __future__ import annotations

import logging
import os
import warnings
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stdout
from io import StringIO

LOGGER = "great_expectations"
ANALYTICS = "GX_ANALYTICS_ENABLED"


@contextmanager
def quiet() -> Iterator[None]:
    """Keep it to its answers, as long as it is at work."""
    os.environ[ANALYTICS] = "false"
    logger = logging.getLogger(LOGGER)
    level = logger.level
    logger.setLevel(logging.CRITICAL)
    try:
        # It prints what it also logs.
        with warnings.catch_warnings(), redirect_stdout(StringIO()):
            warnings.simplefilter("ignore")
            yield
    finally:
        logger.setLevel(level)
