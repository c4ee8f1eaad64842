"""Sentences that can be said again in another language: kept as their text and what was put in.

Whoever writes a reason down does so in the company's language; whoever reads it may have another.
`from emailketing.common.said import say as _` makes such sentences of `_("…") % {…}`.
"""

import json
from collections.abc import Callable, Iterable, Mapping
from typing import Any, ClassVar
from zlib import crc32

from django.utils import translation
from django.utils.translation import get_language, gettext

from emailketing.common.plain import Values

LANGUAGES = ("es", "en", "pt")
LONGEST_MARKED = 200  # letters: a column may have cut the rest
MOST_KEPT = 8_000  # letters of what is kept beside a sentence; a longer one stays as it was said
Stored = Any  # plain JSON
Write = Callable[[Values], str]


class Said(str):
    """A sentence in the language it was said in, and what it was made of.

    stored: {"t": the text, "v": its values} | {"l": text by language} | {"j": sign, "p": parts} |
    {"x": a value, …}, which only some know how to write; a plain text is itself.
    """

    stored: Stored

    def __new__(cls, text: str, stored: Stored) -> "Said":
        made = super().__new__(cls, text)
        made.stored = stored
        return made

    def __mod__(self, values: Any) -> "Said":
        text = str.__mod__(self, values)
        if isinstance(values, Mapping):
            named = {name: stored_of(value) for name, value in values.items()}
            return Said(text, {**self.stored, "v": named})
        several = values if isinstance(values, tuple) else (values,)
        return Said(text, {**self.stored, "v": [stored_of(value) for value in several]})

    def __reduce__(self) -> tuple[type, tuple[str, Stored]]:
        return Said, (str(self), self.stored)


def say(text: str) -> Said:
    """Say it in the active language."""
    return Said(gettext(text), {"t": text})


class SaidError(Exception):
    """An error of one sentence: each class has its own, each error the values in it."""

    sentence: ClassVar[str]

    def __init__(self, **values: object) -> None:
        super().__init__(values)
        self.values = values

    def __str__(self) -> str:
        return str(self.said)

    @property
    def said(self) -> Said:
        """The sentence with its parts: it is said again to whoever reads it."""
        return say(self.sentence) % self.values


def pattern(text: str) -> Said:
    """Return a text that is the same in every language: only its values differ."""
    return Said(text, {"t": text})


def in_languages(labels: Mapping[str, str], otherwise: str = "") -> Said:
    """Say what somebody has named in several languages."""
    return Said(_chosen(labels) or otherwise, {"l": dict(labels) or {"es": otherwise}})


def in_each(write: Callable[[str], Any]) -> Said:
    """Say what is written differently in each language: a choice's label, a day."""
    labels = {}
    for language in LANGUAGES:
        with translation.override(language):
            labels[language] = str(write(language))
    return in_languages(labels)


def join(sign: str, parts: Iterable[str]) -> Said:
    found = [part for part in parts if part]
    if len(found) == 1 and isinstance(found[0], Said):
        return found[0]
    return Said(sign.join(found), {"j": stored_of(sign), "p": [stored_of(p) for p in found]})


def sentence_of(error: Exception) -> str:
    """Return the sentence of an exception as it was made."""
    if isinstance(own := getattr(error, "said", None), Said):
        return own
    first = error.args[0] if error.args else ""
    return first if isinstance(first, Said) else str(error)


def stored_of(value: Any) -> Stored:
    return value.stored if isinstance(value, Said) else str(value)


def kept(sentence: str) -> Stored | None:
    """Return what is kept beside the sentence; None where it is only a text."""
    if not isinstance(sentence, Said):
        return None
    return sentence.stored if len(json.dumps(sentence.stored)) <= MOST_KEPT else None


def again(stored: Stored, write: Write | None = None) -> str:
    """Say it in the active language; what cannot be read any more is "".

    `write`: writes a value that has a type.
    """
    try:
        return _again(stored, write)
    except (AttributeError, KeyError, TypeError, ValueError):
        return ""


def kept_with(sentence: str) -> Stored | None:
    """Return what is kept beside a sentence that others overwrite without it: with its mark."""
    made = kept(sentence)
    return None if made is None else {"of": _mark(sentence), "is": made}


def parts_of(sentences: Iterable[str]) -> dict[str, Stored]:
    """Return sentence → what is kept beside it, where several of them stand in one column."""
    return {str(one): made for one in sentences if (made := kept(one)) is not None}


def in_reader_language(sentence: str, beside: Stored | None) -> str:
    """Say a stored sentence in the active language, if what is kept beside it still is of it."""
    if not beside or beside.get("of") != _mark(sentence):
        return sentence
    return again(beside["is"]) or sentence


class SentenceColumns:
    """A stored sentence of a row in the active language: the names of its two columns."""

    def __init__(self, sentence: str, beside: str) -> None:
        self._columns = sentence, beside

    def __get__(self, row: Any, _owner: type | None = None) -> str:
        sentence, beside = (getattr(row, name, "") for name in self._columns)
        return in_reader_language(sentence, beside)


def says(beside: Stored | None, text: str) -> bool:
    """Whether the sentence that this is kept beside was made of the text, alone or among others."""
    made = (beside or {}).get("is")
    parts = made.get("p", [made]) if isinstance(made, Mapping) else []
    return any(isinstance(part, Mapping) and part.get("t") == text for part in parts)


def restored(sentence: str, beside: Stored | None) -> str:
    """Return a stored sentence with its parts, to put it into another."""
    if not beside or beside.get("of") != _mark(sentence):
        return sentence
    return Said(sentence, beside["is"])


def _mark(sentence: str) -> int:
    return crc32(sentence[:LONGEST_MARKED].encode())


def _again(stored: Stored, write: Write | None) -> str:
    if not isinstance(stored, Mapping):
        return str(stored)
    if "x" in stored:
        return write(stored) if write else str(stored["x"])
    if "l" in stored:
        return _chosen(stored["l"])
    if "j" in stored:
        return _again(stored["j"], write).join(_again(part, write) for part in stored["p"])
    text = stored["t"]
    return _filled(gettext(text), stored.get("v"), write)


def _filled(text: str, values: Stored, write: Write | None) -> str:
    if values is None:
        return text
    if isinstance(values, Mapping):
        return text % {name: _again(value, write) for name, value in values.items()}
    return text % tuple(_again(value, write) for value in values)


def _chosen(labels: Mapping[str, str]) -> str:
    language = (get_language() or "").partition("-")[0]
    return labels.get(language) or labels.get("es") or next(iter(labels.values()), "")
