"""The words of a name, so that ``billingCustomer_ID`` and ``billing_customers.id`` can meet."""

from __future__ import annotations

import re
from functools import cache

# Where one word ends and the next begins without a mark between them.
HUMPS = re.compile(r"(?<=[^\W_A-Z])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][^\W_A-Z0-9])")
GAPS = re.compile(r"[\W_]+")
SHORTEST_STEM = 3
IRREGULAR = {
    "people": "person",
    "children": "child",
    "indices": "index",
    "indexes": "index",
    "vertices": "vertex",
    "matrices": "matrix",
    "men": "man",
    "women": "woman",
}


def words(name: str) -> tuple[str, ...]:
    """The words of a name, in lower case.

    Args:
        name: a table's or a column's.
    """
    return tuple(word.lower() for word in GAPS.split(HUMPS.sub("_", name)) if word)


def stem(word: str) -> str:
    """What a word's singular and its plural have in common.

    Args:
        word: in lower case.

    Returns:
        no English word; ``address`` and ``addresses`` give one text, so do ``city`` and ``cities``.
    """
    word = IRREGULAR.get(word, word)
    cut = word.rstrip("es")
    if len(cut) < SHORTEST_STEM:
        cut = word.removesuffix("s")
    return f"{cut[:-1]}i" if cut.endswith("y") else cut


@cache
def stems(name: str) -> tuple[str, ...]:
    """The words of a name without their number."""
    return tuple(stem(word) for word in words(name))


def glued(table: str, column: str) -> set[str]:
    """How a reference may be spelt without any mark: ``customerid`` for ``customers.id``."""
    whole, key = "".join(words(table)), "".join(words(column))
    singular = {whole, whole.removesuffix("s"), whole.removesuffix("es")}
    if whole.endswith("ies"):
        singular.add(f"{whole[:-3]}y")
    return {one + key for one in singular if len(one) >= SHORTEST_STEM}
