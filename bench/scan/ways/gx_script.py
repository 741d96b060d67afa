"""Great Expectations on a database's references, as a script of a user's own would have it.

A program of its own: ``python gx_script.py tables|one URL QUERIES``. The last is a file of JSON:
by suite, by reference, the query of the rows without a parent.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import great_expectations as gx


def main(kind: str, url: str, queries: str) -> None:
    """Run a checkpoint, and print how many rows each query found.

    Args:
        kind: ``tables`` where a suite is a table's, else ``one``.
        url: of the database, as SQLAlchemy takes it.
        queries: the file.
    """
    context = gx.get_context(mode="ephemeral")
    context.variables.progress_bars = {"globally": False}
    source = context.data_sources.add_postgres("bench", connection_string=url)
    definitions = []
    for name, references in json.loads(Path(queries).read_text(encoding="utf-8")).items():
        batch = asset(source, kind, name).add_batch_definition_whole_table("all")
        made = context.suites.add(suite(name, references))
        definition = gx.ValidationDefinition(name=name, data=batch, suite=made)
        definitions.append(context.validation_definitions.add(definition))
    checkpoint = gx.Checkpoint(
        name="references", validation_definitions=definitions, result_format="SUMMARY"
    )
    ran = context.checkpoints.add(checkpoint).run()
    results = [one for whole in ran.run_results.values() for one in whole.results]
    found = {
        one.expectation_config.meta["reference"]: one.result["observed_value"] for one in results
    }
    sys.stdout.write("\n" + json.dumps(found) + "\n")


def asset(source: Any, kind: str, name: str) -> Any:
    """What a suite is validated on.

    Args:
        source: the datasource.
        kind: as above.
        name: the suite's.
    """
    if kind == "one":
        return source.add_query_asset(name, query="SELECT 1 AS one")
    schema, _, table = name.partition(".")
    return source.add_table_asset(name, table_name=table, schema_name=schema)


def suite(name: str, references: Mapping[str, str]) -> Any:
    """A suite of an expectation a reference.

    Args:
        name: the suite's.
        references: the query of each.
    """
    expectations = [
        gx.expectations.UnexpectedRowsExpectation(
            unexpected_rows_query=query, meta={"reference": reference}
        )
        for reference, query in references.items()
    ]
    return gx.ExpectationSuite(name=name, expectations=expectations)


if __name__ == "__main__":
    main(*sys.argv[1:])
