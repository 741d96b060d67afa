"""Great Expectations' pages without what they can't have here, and without what rows smuggle in.

They are made for a browser that runs scripts and fetches style sheets, and they hold values of
rows as they are: a value with a tag in it would be a part of the page.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html.parser import HTMLParser
from typing import Any
from urllib.parse import urlsplit

from markupsafe import Markup, escape

from studioops.model import Status

Attributes = Mapping[str, str | None]
KEPT = frozenset(
    {"html", "body", "div", "span", "p", "a", "i", "strong", "code", "h4", "h5", "h6", "ul", "ol"}
    | {"li", "table", "thead", "tbody", "tr", "th", "td", "details", "summary"}
)
BREAKS = frozenset({"br", "hr"})
VOID = BREAKS | {"area", "base", "col", "embed", "img", "input", "link", "meta", "source", "wbr"}
# Only a script could use these, and our own pages have a frame already.
LEFT_OUT = frozenset({"head", "script", "style", "nav", "footer", "button", "form"})
SIDEBAR = "col-lg-2"
FOLDED = "collapse"
ICONS: Mapping[str, Status] = {
    "fa-check-circle": Status.PASSED,
    "fa-times": Status.FAILED,
    "fa-exclamation-triangle": Status.NOT_CHECKED,
}


def plain_html(page: str) -> Markup:
    """What a page of Data Docs shows, as a part of a page of ours; itself where it is one already.

    Args:
        page: as Great Expectations made it.

    Returns:
        tags without handlers, styles and links to elsewhere; a tag that it never makes comes from
        a row, and is text.
    """
    parser = _Plain()
    parser.feed(page)
    parser.close()
    return parser.result()


class _Plain(HTMLParser):
    """Writes down what it reads, as far as it is allowed."""

    def __init__(self) -> None:
        super().__init__()
        self._written: list[str] = []
        # Each open tag as it was read, and as it was written; None for what is left out.
        self._open: list[tuple[str, str | None]] = []

    def result(self) -> Markup:
        while self._open:
            self._shut()
        return Markup("".join(self._written))  # noqa: S704 - each piece was escaped, or is ours

    def set_cdata_mode(self, elem: str, **_: Any) -> None:
        """Never: a value with ``<script>`` in it would swallow the rest of the page."""

    def handle_starttag(self, tag: str, attrs: Sequence[tuple[str, str | None]]) -> None:
        known = dict(attrs)
        if self._hidden or tag in LEFT_OUT or SIDEBAR in _classes(known):
            if tag not in VOID:
                self._open.append((tag, None))
        elif tag in KEPT:
            written, begins = _translated(tag, known)
            self._open.append((tag, written))
            self._write(begins)
        elif tag in BREAKS:
            self._write(f"<{tag}>")
        else:
            self.handle_data(self.get_starttag_text() or "")

    def handle_endtag(self, tag: str) -> None:
        if any(read == tag for read, _ in self._open):
            while self._shut() != tag:
                pass
        elif tag not in KEPT | LEFT_OUT | BREAKS:
            self.handle_data(f"</{tag}>")

    def handle_data(self, data: str) -> None:
        self._write(escape(data))

    def handle_comment(self, data: str) -> None:
        self.handle_data(f"<!--{data}-->")

    def handle_pi(self, data: str) -> None:
        self.handle_data(f"<?{data}>")

    def unknown_decl(self, data: str) -> None:
        self.handle_data(f"<![{data}]>")

    @property
    def _hidden(self) -> bool:
        return any(written is None for _, written in self._open)

    def _shut(self) -> str:
        read, written = self._open.pop()
        if written:
            self._write(f"</{written}>")
        return read

    def _write(self, text: str) -> None:
        if not self._hidden:
            self._written.append(text)


def _translated(tag: str, attrs: Attributes) -> tuple[str, str]:
    """The tag that a tag becomes, and what it begins with; an empty one is left to its content."""
    classes = _classes(attrs)
    icon = next((ICONS[name] for name in classes if name in ICONS), None)
    if icon is not None:
        return "span", f'<span class="badge {icon}">{str(icon).replace("_", " ")}'
    if FOLDED in classes:
        return "details", "<details><summary>How it was asked</summary>"
    if tag in ("html", "body"):
        return "", ""
    if tag == "a":
        return _link(attrs)
    shown = f' class="{escape(" ".join(classes))}"' if classes else ""
    return tag, f"<{tag}{shown}{' hidden' if 'hidden' in attrs else ''}>"


def _link(attrs: Attributes) -> tuple[str, str]:
    """A link to a page of the same docs stays one. What a script would unfold is open already."""
    there = attrs.get("href") or ""
    parts = urlsplit(there)
    inside = not parts.scheme and not parts.netloc and parts.path.endswith(".html")
    if inside and not there.startswith(("/", "\\")):
        return "a", f'<a href="{escape(there)}">'
    return "span", "<span hidden>" if "data-toggle" in attrs else "<span>"


def _classes(attrs: Attributes) -> list[str]:
    return (attrs.get("class") or "").split()
