"""The last task of every DAG: a green run means well, and nothing else does."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, TypedDict, cast
from urllib.parse import quote

from airflow.sdk import BaseOperator, BaseOperatorLink, TriggerRule
from airflow.sdk.configuration import conf
from airflow.sdk.exceptions import AirflowFailException

from studioops.model import Status
from studioops.orchestration.reason import REASON

if TYPE_CHECKING:
    from airflow.sdk import Context, XComArg
    from airflow.sdk.types import TaskInstanceKey

PAGES = "/studioops"


class Recorded(TypedDict):
    """What the ledger holds of a run, as a plain value for XCom.

    ``report_id`` is the report that the run is about, ``status`` that of the whole, the worst of
    all its reports, ``line`` says it all in one line, and ``data_docs`` is where the pages of Great
    Expectations lie in the object store, or an empty text.
    """

    report_id: int
    status: str
    line: str
    data_docs: str


class ReportLink(BaseOperatorLink):
    """The recorded report that a verdict speaks of.

    Airflow asks for it when the task ends, failed or not, and keeps the answer in XCom.
    """

    @property
    def name(self) -> str:
        """The button's text."""
        return "Report"

    def get_link(  # Airflow's signature
        self,
        operator: BaseOperator,
        *,
        ti_key: TaskInstanceKey,  # noqa: ARG002
    ) -> str:
        """Where the report is shown; an empty text where the ledger has none."""
        recorded = getattr(operator, "recorded", None)
        if not isinstance(recorded, dict):
            return ""
        return report_url(recorded["report_id"])


class DataDocsLink(BaseOperatorLink):
    """The Data Docs of Great Expectations, where the run made any."""

    @property
    def name(self) -> str:
        """The button's text."""
        return "Data Docs"

    def get_link(  # Airflow's signature
        self,
        operator: BaseOperator,
        *,
        ti_key: TaskInstanceKey,  # noqa: ARG002
    ) -> str:
        """Where they are shown; an empty text where there are none."""
        recorded = getattr(operator, "recorded", None)
        key = recorded.get("data_docs") if isinstance(recorded, dict) else ""
        return page_url(str(key)) if key else ""


class VerdictOperator(BaseOperator):
    """Fail the run unless the whole is passed.

    Args:
        recorded: what :func:`studioops.orchestration.recording.record` handed back.
        recorded_by: the task that did, to be asked why when it left nothing.
    """

    template_fields: Sequence[str] = ("recorded",)
    operator_extra_links = (ReportLink(), DataDocsLink())
    ui_color = "#e6ecf5"

    def __init__(
        self, *, recorded: Recorded | XComArg | None, recorded_by: str = "ledger", **kwargs: Any
    ) -> None:
        super().__init__(trigger_rule=TriggerRule.ALL_DONE, **kwargs)
        # Airflow puts the value in the place of its reference before the task runs.
        self.recorded = cast("Recorded | None", recorded)
        self.recorded_by = recorded_by

    def execute(self, context: Context) -> str:
        """Judge.

        Returns:
            the one line of a run that is well.

        Raises:
            AirflowFailException: the whole is failed or not_checked, or nothing was recorded;
                never tried again, since a second look at the same evidence says the same.
        """
        if not self.recorded:
            reason = context["ti"].xcom_pull(task_ids=self.recorded_by, key=REASON)
            raise AirflowFailException(
                f"not_checked: nothing is in the ledger: {reason or f'see task {self.recorded_by}'}"
            )
        self.log.info("The report: %s", report_url(self.recorded["report_id"]))
        if key := self.recorded.get("data_docs"):
            self.log.info("The Data Docs: %s", page_url(key))
        if self.recorded["status"] != Status.PASSED:
            # The web page cuts the exception's line short, and unfolds a traceback below it.
            self.log.error("%s", self.recorded["line"])
            raise AirflowFailException(self.recorded["line"])
        self.log.info("%s", self.recorded["line"])
        return self.recorded["line"]


def report_url(report_id: int) -> str:
    """The page of a report, absolute where Airflow knows its own address."""
    return page_url(f"reports/{report_id}")


def page_url(path: str) -> str:
    """One of our pages, absolute where Airflow knows its own address.

    Args:
        path: below our app's own.
    """
    base: str = conf.get("api", "base_url", fallback="") or ""
    return f"{base.rstrip('/')}{PAGES}/{quote(path)}"
