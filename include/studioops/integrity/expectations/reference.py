"""An expectation that Great Expectations has none of: that every reference finds its parent."""

from __future__ import annotations

from functools import cache
from typing import Any

SAMPLE = 5


def expect_reference_to_hold(offending: str, child: str, parent: str, made: dict[str, Any]) -> Any:
    """The expectation on one reference.

    Args:
        offending: the query of the rows without a parent.
        child: the referring columns.
        parent: the referred ones.
        made: what every expectation is made with.
    """
    text = f"Every {child} must be found in {parent}."
    return _expectation_class()(unexpected_rows_query=offending, description=text, **made)


@cache
def _expectation_class() -> Any:
    """Made late: importing Great Expectations takes seconds."""
    from great_expectations.expectations.core.unexpected_rows_expectation import (
        UnexpectedRowsExpectation,
    )

    class ExpectReferenceToHold(UnexpectedRowsExpectation):
        """Expect every reference to find its parent, as a foreign key would have it."""

        def _validate(
            self,
            metrics: dict[str, Any],
            runtime_configuration: dict[str, Any] | None = None,
            execution_engine: Any = None,
        ) -> Any:
            """The result with a few of the rows, which it has only in its longest form."""
            longest = {**(runtime_configuration or {}), "result_format": "COMPLETE"}
            result: Any = super()._validate(metrics, longest, execution_engine)
            details = result["result"]["details"]
            details["unexpected_rows"] = [
                {name: None if value is None else str(value) for name, value in row.items()}
                for row in details["unexpected_rows"][:SAMPLE]
            ]
            return result

    return ExpectReferenceToHold
