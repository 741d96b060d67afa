"""A report for whoever reads it: people, programs, and the CI jobs of others."""

from studioops.cli.formats.choose import (
    Format,
    FormatOption,
    asked_format,
    chosen_format,
    print_refusal,
    print_report,
)

__all__ = [
    "Format",
    "FormatOption",
    "asked_format",
    "chosen_format",
    "print_refusal",
    "print_report",
]
