"""Somebody's agreement, which can be waived outside production."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from airflow.providers.standard.operators.hitl import ApprovalOperator

from studioops.errors import Refused
from studioops.settings import Environment, load_settings

if TYPE_CHECKING:
    from airflow.sdk import Context


class Approval(ApprovalOperator):
    """Ask somebody to agree, or go on where nobody needs to be asked.

    Args:
        asked: ``True`` or ``False`` as a template gives it.
    """

    template_fields: Sequence[str] = (*ApprovalOperator.template_fields, "asked")

    def __init__(self, *, asked: str, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.asked = asked

    def execute(self, context: Context) -> Any:
        """Ask, and wait without holding a slot; or say that nobody was asked.

        Raises:
            Refused: in production, where somebody always is.
        """
        if self.asked != "False":
            return super().execute(context)
        if load_settings().environment is Environment.PRODUCTION:
            raise Refused("in production somebody has to agree", "trigger it with approve: true")
        self.log.info("nobody was asked: the run's parameter says so")
        return None
