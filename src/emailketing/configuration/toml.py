"""The file: TOML that people can read and compare line by line, written and read strictly."""

import json
import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from django.utils.translation import gettext as _

from emailketing.common.plain import JSON
from emailketing.configuration.kind import EMPTY, ConfigurationInvalid, Entry, EntryKind

FORMAT = 1
BARE = re.compile(r"[A-Za-z0-9_-]+")
LITERAL = "'''"


def write_file(entries: Iterable[tuple[EntryKind, Entry]]) -> str:
    """Write all entries, kind by kind."""
    rows = ["# eMailketing: emailketing configuration import", f"format = {FORMAT}"]
    for kind, entry in entries:
        rows += ["", f"[[{kind.word}]]" if kind.keys else f"[{kind.word}]"]
        rows += _table(entry, kind.word)
    return "\n".join(rows) + "\n"


def _table(entry: Mapping[str, Any], place: str) -> Iterator[str]:
    """Yield the rows of one table: values first, then the tables in it (texts by language)."""
    inner = {name: value for name, value in entry.items() if name == "texts"}
    for name, value in entry.items():
        if name not in inner:
            yield f"{_key(name)} = {_value(value)}"
    for name, texts in inner.items():
        for language, text in texts.items():
            yield f"[{place}.{name}.{language}]"
            yield from (f"{_key(part)} = {_value(value)}" for part, value in text.items())


def _key(name: str) -> str:
    return name if BARE.fullmatch(name) else _basic(name)


def _value(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return str(value)
    if isinstance(value, list):
        return "[" + ", ".join(_value(member) for member in value) + "]"
    if isinstance(value, dict):
        inside = ", ".join(f"{_key(k)} = {_value(v)}" for k, v in value.items())
        return f"{{ {inside} }}" if value else "{}"
    text = EMPTY if value is None else str(value)
    return _several_lines(text) if "\n" in text else _basic(text)


def _several_lines(text: str) -> str:
    """Write a text as it is where that is possible, its line ends and quotes untouched."""
    is_plain = all(sign.isprintable() or sign == "\n" for sign in text)
    if is_plain and LITERAL not in text and not text.endswith("'"):
        return f"{LITERAL}\n{text}{LITERAL}"
    return _basic(text)


def _basic(text: str) -> str:
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def read_file(text: str, kinds: Iterable[EntryKind]) -> dict[str, dict[str, Entry]]:
    """Return word → name → entry.

    Raises:
        ConfigurationInvalid: it is no such file, or holds something unknown; with the place.
    """
    try:
        values = tomllib.loads(text.replace("\r\n", "\n").removeprefix("\ufeff"))
    except tomllib.TOMLDecodeError as error:
        raise ConfigurationInvalid(_("The file is not well formed: %s") % error) from error
    if values.pop("format", None) != FORMAT:
        raise ConfigurationInvalid(_("This is not a configuration file of this version."))
    found = {}
    for kind in kinds:
        found[kind.word] = _entries(kind, values.pop(kind.word, []))
    for word in values:
        raise ConfigurationInvalid(_("The file names something unknown: [%s].") % word)
    return found


def _entries(kind: EntryKind, values: Any) -> dict[str, Entry]:
    rows = [values] if isinstance(values, dict) else values
    found: dict[str, Entry] = {}
    for row in rows if isinstance(rows, list) else [rows]:
        if not isinstance(row, dict):
            raise _wrong(kind, "", _("it is not a table."))
        for key in kind.keys:
            # a name that is empty is none: people entered by hand have no source
            if not isinstance(row.get(key), str):
                raise _wrong(kind, "", _("“%(word)s” is missing.") % {"word": key})
        name = kind.name_of(row)
        if name in found:
            raise _wrong(kind, name, _("it stands in the file twice."))
        _check(kind, name, row)
        found[name] = row
    return found


def _check(kind: EntryKind, name: str, row: Entry) -> None:
    for word, value in row.items():
        if _holds_nul(value):
            sentence = _("“%(word)s” has a sign that cannot be kept: \\u0000.")
            raise _wrong(kind, name.replace("\0", "␀"), sentence % {"word": word})
        if word in kind.keys:
            continue
        if word not in kind.fields:
            raise _wrong(kind, name, _("the word “%(word)s” is not known here.") % {"word": word})
        if not _is_fit(word, value, kind.fields[word]):
            sentence = _("“%(word)s” has the wrong kind of value.")
            raise _wrong(kind, name, sentence % {"word": word})


def _is_fit(word: str, value: JSON, wanted: type) -> bool:
    """Whether it is of the kind the field wants; a number may be left empty."""
    if word == "texts":  # of one language each
        return isinstance(value, dict) and all(isinstance(text, dict) for text in value.values())
    return type(value) is wanted or (value == EMPTY and wanted is int)


def _holds_nul(value: JSON) -> bool:
    """Whether a sign is in it that no database keeps in a text."""
    if isinstance(value, dict):
        return any(_holds_nul(one) for pair in value.items() for one in pair)
    if isinstance(value, list):
        return any(map(_holds_nul, value))
    return isinstance(value, str) and "\0" in value


def _wrong(kind: EntryKind, name: str, sentence: str) -> ConfigurationInvalid:
    return ConfigurationInvalid(f"[{kind.word}] {name}: {sentence}")
