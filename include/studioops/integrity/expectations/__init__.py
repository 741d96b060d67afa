"""What the contract expects of rows, asked by Great Expectations."""

from studioops.integrity.expectations.check import check_expectations, expectations_not_checked
from studioops.integrity.expectations.docs import publish_docs
from studioops.integrity.expectations.plain import plain_html

__all__ = ["check_expectations", "expectations_not_checked", "plain_html", "publish_docs"]
