"""Great Expectations: the suite of each table, one checkpoint for all, and what it answers."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from importlib import import_module
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Any

from studioops.integrity.expectations.bind import Bound
from studioops.integrity.expectations.engine import read_only_engine
from studioops.integrity.expectations.quiet import quiet
from studioops.integrity.expectations.reference import SAMPLE, expect_reference_to_hold
from studioops.postgres import Database

if TYPE_CHECKING:
    from great_expectations.core import ExpectationValidationResult
    from great_expectations.data_context.data_context.ephemeral_data_context import (
        EphemeralDataContext,
    )

META = "studioops"
SITE = "studioops"
# Great Expectations' own words.
SEVERITIES = {"error": "critical", "warning": "warning"}
SINGLE: Mapping[str, tuple[str, Mapping[str, str]]] = {
    "accepted_values": ("ExpectColumnValuesToBeInSet", {"values": "value_set"}),
    "not_null": ("ExpectColumnValuesToNotBeNull", {}),
    "unique": ("ExpectColumnValuesToBeUnique", {}),
    "range": ("ExpectColumnValuesToBeBetween", {"min": "min_value", "max": "max_value"}),
    "pattern": ("ExpectColumnValuesToMatchRegex", {"matches": "regex"}),
}


def ask_gx(
    database: Database, bound: Iterable[Bound], target: str, docs: Path | None
) -> dict[int, ExpectationValidationResult]:
    """What Great Expectations answers.

    Args:
        database: the target.
        bound: the expectations.
        target: its name, which the datasource and the checkpoint are called.
        docs: a directory for Data Docs; None for none.

    Returns:
        one result an expectation, by its number.
    """
    with quiet():
        import great_expectations as gx

        context = gx.get_context(mode="ephemeral")
        context.enable_analytics(enable=False)
        context.variables.progress_bars = {"globally": False}  # type: ignore[assignment]
        with read_only_engine(context, database, target) as datasource:
            definitions = []
            for name, group in _by_table(bound):
                asset = datasource.add_query_asset(name, query=group[0].source)
                suite = context.suites.add(gx.ExpectationSuite(name=name))
                for one in group:
                    suite.add_expectation(_expectation(one))
                batch = asset.add_batch_definition_whole_table("all")
                made = gx.ValidationDefinition(name=name, data=batch, suite=suite)
                definitions.append(context.validation_definitions.add(made))
            form = {"result_format": "SUMMARY", "partial_unexpected_count": SAMPLE}
            checkpoint = gx.Checkpoint(
                name=target, validation_definitions=definitions, result_format=form
            )
            ran = context.checkpoints.add(checkpoint).run()
        if docs is not None:
            _build_docs(context, docs)
    results = [one for whole in ran.run_results.values() for one in whole.results]
    return {_number(one): one for one in results}


def _number(result: ExpectationValidationResult) -> int:
    config: Any = result.expectation_config
    return int(config.meta[META])


def _by_table(bound: Iterable[Bound]) -> Iterator[tuple[str, list[Bound]]]:
    ordered = sorted(bound, key=lambda one: (one.relation.display, one.number))
    for name, group in groupby(ordered, key=lambda one: one.relation.display):
        yield name, list(group)


def _expectation(one: Bound) -> Any:
    declared = one.declared
    made: dict[str, Any] = {"meta": {META: one.number}, "severity": SEVERITIES[declared.severity]}
    if declared.kind == "reference":
        parent = str(declared.options["references"])
        return expect_reference_to_hold(one.offending, str(declared.columns), parent, made)
    columns = list(declared.columns.columns)
    if len(columns) > 1:
        # As PostgreSQL's UNIQUE: a row with a NULL in it equals no other.
        together = {"column_list": columns, "ignore_row_if": "any_value_is_missing"}
        return _class("ExpectCompoundColumnsToBeUnique")(**together, **made)
    name, options = SINGLE[declared.kind]
    chosen = {theirs: declared.options[ours] for ours, theirs in options.items()}
    return _class(name)(column=columns[0], mostly=declared.mostly, **chosen, **made)


def _class(name: str) -> Any:
    return getattr(import_module("great_expectations.expectations"), name)


def _build_docs(context: EphemeralDataContext, docs: Path) -> None:
    site = {
        "class_name": "SiteBuilder",
        "site_index_builder": {"class_name": "DefaultSiteIndexBuilder"},
        "store_backend": {
            "class_name": "TupleFilesystemStoreBackend",
            "base_directory": str(docs),
        },
    }
    context.add_data_docs_site(site_name=SITE, site_config=site)  # type: ignore[arg-type]
    context.build_data_docs(site_names=[SITE])
