"""What taking over a file would change: shown before anything is done."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from emailketing.configuration.kind import ConfigurationInvalid, Entry, EntryKind
from emailketing.configuration.registry import KINDS, current
from emailketing.configuration.toml import read_file


@dataclass(frozen=True)
class FieldChange:
    """One field, what it is here and what the file says; long texts line by line."""

    label: str
    before: str
    after: str


@dataclass(frozen=True)
class Difference:
    """One thing that is new or would change."""

    word: str
    kind: str
    name: str
    is_new: bool
    changes: tuple[FieldChange, ...] = ()


class Differing(NamedTuple):
    """One entry of the file, what is known here, and how they differ."""

    kind: EntryKind
    entry: Entry
    known: Entry | None
    difference: Difference


def diff(text: str) -> list[Difference]:
    """Compare a file with what is here; an empty list means that they say the same.

    Raises:
        ConfigurationInvalid: the file cannot be read; one sentence with the place.
    """
    return [differing.difference for differing in differences(read_file(text, KINDS))]


def switches(text: str) -> list[str]:
    """Say what the file has otherwise than it is, and stays, here: switches of rules.

    Raises:
        ConfigurationInvalid: the file cannot be read; one sentence with the place.
    """
    wanted = read_file(text, KINDS)
    return [said for kind in KINDS if kind.stays for said in kind.stays(wanted[kind.word])]


def differences(wanted: Mapping[str, Mapping[str, Entry]]) -> Iterator[Differing]:
    """Yield what differs, in the order of the kinds; each kind is read when its turn comes."""
    for kind in KINDS:
        known = current(kind)
        for name, written in wanted[kind.word].items():
            entry = _as_now(kind, name, written, known.get(name))
            difference = compare(kind, name, entry, known.get(name))
            if difference is not None:
                yield Differing(kind, entry, known.get(name), difference)


def _as_now(kind: EntryKind, name: str, entry: Entry, known: Entry | None) -> Entry:
    if kind.as_now is None:
        return entry
    try:
        return kind.as_now(entry, known)
    except ConfigurationInvalid as error:
        raise ConfigurationInvalid(f"{kind.label} “{name}”: {error}") from error


def compare(kind: EntryKind, name: str, entry: Entry, known: Entry | None) -> Difference | None:
    """Compare one entry; None when nothing would change."""
    if known is None:
        return Difference(kind.word, kind.label, name, is_new=True)
    changes = tuple(
        FieldChange(kind.label_of(path), shown(before), shown(after))
        for path, before, after in _changed(kind, entry, known)
    )
    return Difference(kind.word, kind.label, name, False, changes) if changes else None


def _changed(kind: EntryKind, entry: Entry, known: Entry) -> Iterator[tuple[str, Any, Any]]:
    for word, after in entry.items():
        if word in kind.keys or word in kind.kept:
            continue
        before = known.get(word, "")
        if word == "texts":
            yield from _changed_texts(before or {}, after)
        elif before != after:
            yield word, before, after


def _changed_texts(before: dict[str, Entry], after: dict[str, Entry]) -> Iterator[Any]:
    for language, text in after.items():
        for part, value in text.items():
            was = before.get(language, {}).get(part, "")
            if was != value:
                yield f"texts.{language}.{part}", was, value


def shown(value: Any) -> str:
    if isinstance(value, list | dict):
        return json.dumps(value, ensure_ascii=False) if value else ""
    if isinstance(value, bool):
        return "✓" if value else "—"
    return str(value)
