"""What stands in an editor: the definition it began with, and what its fields say now.

The definition goes along as JSON, so that what clicking has no field for stays as it is.
"""

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Protocol, TypeAlias

from django.core.serializers.json import DjangoJSONEncoder

from emailketing.common.plain import JSON
from emailketing.listings.models import Listing
from emailketing.sources.models import Source
from emailketing.web.console.frame.shapes import Context

Posted: TypeAlias = Mapping[str, str]
Part: TypeAlias = dict[str, JSON]
LONGEST = 200_000  # letters of a definition
WHOLE = re.compile(r"-?\d{1,9}")


def definition_in(data: Posted) -> Part:
    """Return the definition that was sent along; rubbish is an empty one."""
    text = data.get("definition", "")
    try:
        is_short = len(text) <= LONGEST
        found = json.loads(text, parse_constant=_no_number) if text and is_short else {}
    except (ValueError, RecursionError):
        return {}
    return dict(found) if isinstance(found, Mapping) else {}


def _no_number(word: str) -> JSON:
    """NaN and Infinity are no JSON, though Python reads them."""
    raise ValueError(word)


def parts(value: JSON) -> list[Part]:
    """Return the tables of a list."""
    return (
        [dict(each) for each in value if isinstance(each, Mapping)]
        if isinstance(value, list)
        else []
    )


def part(value: JSON) -> Part:
    return dict(value) if isinstance(value, Mapping) else {}


def texts(value: JSON) -> list[str]:
    return [str(each) for each in value] if isinstance(value, list) else []


def put(target: Part, word: str, value: JSON) -> None:
    """Say it, or leave the word out where nothing is said."""
    if value in ("", None, [], {}) or value is False:
        target.pop(word, None)
    else:
        target[word] = value


def read_text(target: Part, word: str, data: Posted, name: str) -> None:
    """Take over what a field says, where it was sent."""
    if name in data:
        put(target, word, data[name].strip())


def read_whole(target: Part, word: str, data: Posted, name: str) -> None:
    if name in data:
        text = data[name].strip()
        put(target, word, int(text) if WHOLE.fullmatch(text) else text)


def read_label(target: Part, data: Posted, name: str, language: str) -> None:
    """A label is a text for all, or one for each language: then the reader's is changed."""
    if name not in data:
        return
    text = data[name].strip()
    known = target.get("label")
    if isinstance(known, Mapping) and text:
        target["label"] = {**known, language: text}
    else:
        put(target, "label", text)


def label_in(value: JSON, language: str) -> str:
    if isinstance(value, Mapping):
        return str(value.get(language, ""))
    return str(value or "")


def action(data: Posted) -> tuple[str, str]:
    """Return what was clicked and on what: “drop:3” is ("drop", "3")."""
    name, _colon, about = data.get("do", "").partition(":")
    return name, about


def place(about: str, count: int) -> int | None:
    """Return the number of a row that is there."""
    return int(about) if WHOLE.fullmatch(about) and 0 <= int(about) < count else None


def moved(rows: list[Part], number: int, step: int) -> None:
    """Change places with the row above or below."""
    other = number + step
    if 0 <= other < len(rows):
        rows[number], rows[other] = rows[other], rows[number]


def free_name(wanted: str, taken: Iterable[str]) -> str:
    """Return a name that a definition takes and nobody has."""
    letters = re.sub(r"[^\w]+", "_", wanted.casefold()).strip("_")[:40] or "c"
    known = {name.casefold() for name in taken}
    numbers = (f"{letters}_{number}" for number in range(2, len(known) + 3))
    return next(name for name in (letters, *numbers) if name not in known)


@dataclass(slots=True)
class ListingDraft:
    """A listing as it stands in an editor, saved or not."""

    name: str
    source: Source
    listing: Listing
    definition: Part
    look_at: str = ""  # a table whose columns are at hand

    def as_json(self) -> str:
        return json.dumps(self.definition, cls=DjangoJSONEncoder)


class ListingKindEditor(Protocol):
    """What one kind of listing adds to the editor: its fields, and how they are read."""

    @property
    def template(self) -> str: ...
    def edited(self, draft: ListingDraft, data: Posted) -> Part: ...
    def context(self, draft: ListingDraft) -> Context: ...
