"""A YAML document that remembers on which line everything stands."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import yaml

from studioops.integrity.contract.model import Fault

Place = tuple[int | str, ...]


class Document:
    """A parsed YAML file: its plain values, the faults of its form, and the lines.

    Args:
        text: the file's text.

    Raises:
        yaml.YAMLError: it is no YAML at all.
    """

    def __init__(self, text: str) -> None:
        self.faults: list[Fault] = []
        self._lines: dict[Place, int] = {(): 1}
        root = yaml.compose(text, Loader=yaml.SafeLoader)
        self._loader = yaml.SafeLoader("")
        self.value = None if root is None else self._walk(root, ())

    def line(self, place: Sequence[int | str]) -> int:
        """The line of a place, or of the nearest thing around it."""
        key = tuple(place)
        while key not in self._lines:
            key = key[:-1]
        return self._lines[key]

    def _walk(self, node: yaml.Node, place: Place) -> Any:
        self._lines.setdefault(place, node.start_mark.line + 1)
        if isinstance(node, yaml.SequenceNode):
            return [self._walk(item, (*place, n)) for n, item in enumerate(node.value)]
        if isinstance(node, yaml.MappingNode):
            return self._mapping(node, place)
        return self._loader.construct_object(node)

    def _mapping(self, node: yaml.MappingNode, place: Place) -> dict[str, Any]:
        values: dict[str, Any] = {}
        for key_node, value_node in node.value:
            key, line = str(key_node.value), key_node.start_mark.line + 1
            if key in values:
                self.faults.append(Fault(line, f"{key!r} stands here a second time"))
            self._lines[(*place, key)] = line
            values[key] = self._walk(value_node, (*place, key))
        return values
