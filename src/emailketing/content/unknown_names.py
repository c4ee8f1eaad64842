"""Find the names a saved text prints although the documents it is used for do not have them.

A template is tried with one kind of document; a rule may use it for another. What a text asks for
before it prints it (`if document.note`, `|default`, `or`) may be missing; all else makes every
message fail.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from emailketing.common.plain import Values
from emailketing.content.names import ANYTHING, NameReader, WrongName
from emailketing.content.render import FILTERS, OURS
from emailketing.content.tags import TAG

DEFAULTS = frozenset({"default", "d"})
INLINE_IF = re.compile(r"\bif\s+(.+?)(?:\belse\b|$)")
FILTERED = re.compile(r"\]\s*\|\s*select\b")  # [row.bank, row.number]|select leaves out what is not


@dataclass
class _Collector(NameReader):
    unknown: list[str] = field(default_factory=list)
    dead: list[bool] = field(default_factory=list)  # of each `if` that stands open
    text: str = ""

    def statement(self, text: str) -> None:
        word, _blank, rest = text.partition(" ")
        if word in ("if", "elif"):
            self.dead = [*(self.dead if word == "if" else self.dead[:-1]), self.asks_in_vain(rest)]
        elif word == "else" and self.dead:
            self.dead[-1] = False
        elif word == "endif":
            del self.dead[-1:]
        else:
            super().statement(text)

    def asks_in_vain(self, text: str) -> bool:
        """Say whether a condition names what is not there: its branch is never written."""
        kept, self.unknown, self.dead = (self.unknown, self.dead), [], []
        self.text = text
        super().expression(text)
        is_vain = bool(self.unknown)
        self.unknown, self.dead = kept
        return is_vain

    def expression(self, text: str) -> None:
        inline = INLINE_IF.search(text)
        if inline and self.asks_in_vain(inline.group(1)):
            return
        self.text = text
        super().expression(text)

    def value_of(self, parts: list[str]) -> Any:
        try:
            return super().value_of(parts)
        except WrongName:
            self.note(".".join(parts))
            return ANYTHING

    def note(self, path: str) -> None:
        behind = self.word(self.at)
        filtered = self.word(self.at + 1) if behind == "|" else ""
        is_given = behind == "or" or filtered in DEFAULTS or bool(FILTERED.search(self.text))
        # an empty cell among the others of a row is no reason to refuse the table
        is_given = is_given or (filtered in OURS and not path.startswith("document"))
        if not is_given and not any(self.dead) and path not in self.unknown:
            self.unknown.append(path)


def unknown_names(sources: Iterable[str], known: Values) -> list[str]:
    """Return what these compiled texts print and `known` (a tree of names) does not have."""
    found: list[str] = []
    for source in sources:
        reader = _Collector(filters=FILTERS, scopes=[dict(known)], unknown=found)
        for tag in TAG.finditer(source):
            text = " ".join(tag.group()[2:-2].strip("-+ \n\t").split())
            try:
                if tag.group().startswith("{{"):
                    reader.expression(text)
                elif tag.group().startswith("{%"):
                    reader.statement(text)
            except WrongName:  # said when it was saved
                continue
        found = reader.unknown
    return found
