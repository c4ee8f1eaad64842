"""Values as every database and every header can take them."""

import json
import unicodedata
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder

from emailketing.common.plain import Entry

_TURNS = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


def storable(values: Entry) -> Entry:
    """Return plain data that every database can keep: no NUL, no half of a letter."""
    text = json.dumps(values, cls=DjangoJSONEncoder)
    plain = json.loads(text)
    if "\\u0000" in text or "\\ud" in text:
        plain = _without_rubble(plain)
    return dict(plain)


def _without_rubble(value: Any) -> Any:
    if isinstance(value, dict):
        return {_without_rubble(key): _without_rubble(member) for key, member in value.items()}
    if isinstance(value, list):
        return [_without_rubble(member) for member in value]
    if isinstance(value, str):
        return legible(value)
    return value


def legible(text: str) -> str:
    """Return words of a far side as every database can keep them: no NUL, no half of a letter."""
    clean = text.replace("\0", " ").encode("utf-8", "ignore").decode()
    return text if clean == text else clean  # a sentence of ours keeps what it is made of


def one_line(text: str) -> str:
    """Fold white space, line ends and control signs: nothing here may make or break a header (S1).

    Signs that turn the direction are left out: a name must not rewrite what follows it.
    """
    plain = "".join(
        " " if unicodedata.category(one) == "Cc" else one for one in text if one not in _TURNS
    )
    return " ".join(_without_rubble(plain).split())


def clean_file_name(name: str) -> str:
    """Return a name without path, control or direction characters, at most 150 bytes (S27)."""
    text = "".join(
        letter
        for letter in name
        if letter not in '/\\:*?"<>|' and unicodedata.category(letter)[0] != "C"
    )
    stem, dot, ending = " ".join(text.split()).strip(". ").rpartition(".")
    if not dot:
        stem, ending = ending, ""
    room = 150 - len((dot + ending).encode())
    short = stem.encode()[:room].decode(errors="ignore").strip()
    return f"{short or 'documento'}{dot}{ending}" if room > 0 else "documento"
