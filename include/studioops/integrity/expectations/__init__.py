"""What the contract expects of rows, asked by Great Expectations."""

from studioops.integrity.expectations.check import check_expectations, expectations_not_checked
from studioops.integrity.expectations.docs import publish_docs

__all__ = ["check_expectations", "expectations_not_checked", "publish_docs"]
