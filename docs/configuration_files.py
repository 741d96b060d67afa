"""The page of all settings and the three ``.env`` files, written from the declarations."""

from __future__ import annotations

from pathlib import Path

from studioops.settings import Environment
from studioops.settings.page import page
from studioops.settings.templates import FILES, template

ROOT = Path(__file__).parents[1]


def write_configuration_files(root: Path = ROOT) -> None:
    """Write all four anew.

    Args:
        root: of the checkout.
    """
    for path, text in configuration_files().items():
        file = root / path
        file.parent.mkdir(exist_ok=True)
        file.write_text(text, encoding="utf-8")


def configuration_files() -> dict[str, str]:
    """Their texts, by their paths in the checkout."""
    files = {FILES[one]: template(one) for one in Environment}
    return {"docs/configuration.md": page(), **files}
