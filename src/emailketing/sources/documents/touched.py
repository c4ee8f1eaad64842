"""What a change concerns: a document or a party, by its kind and its key."""

from dataclasses import dataclass, field
from typing import Any

from emailketing.sources.keys import Key, as_key, text_of


@dataclass(frozen=True, slots=True)
class Touched:
    """A document or party that a change concerns."""

    owner: str  # document type or kind of party
    key: Key = field(compare=False)  # its parts, in the order of the connector
    name: str  # the key as text

    @classmethod
    def of(cls, owner: str, key: Any) -> "Touched":
        """Name it; `key` is canonical (`catalogue.key_from`), a single value or the parts."""
        parts = as_key(key)
        return cls(owner, parts, text_of(parts))
