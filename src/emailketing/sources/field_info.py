"""What is known of one field of a document: light, as every command loads it with the models."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class FieldInfo:
    """A field of a document as the connector describes it: dotted path, label, type.

    `choices`: what the values it may have are called; `sets`: what several of them together are.
    """

    path: str
    label: str
    type: str = "text"
    choices: Mapping[str, str] = field(default_factory=dict)
    sets: Mapping[frozenset[str], str] = field(default_factory=dict)

    def set_of(self, values: Iterable[Any]) -> str:
        """Return what just these values together are called, "" where they have no name."""
        return self.sets.get(frozenset(str(value) for value in values), "")
