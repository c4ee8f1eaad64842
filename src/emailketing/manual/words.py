"""The words of the house that are explained where they stand: those in bold in the glossary."""

import re
from dataclasses import dataclass
from functools import cache

from emailketing.manual.pages import GLOSSARY, page

ROW = re.compile(r"^\| \*\*(.+?)\*\* \| (.+?) \|$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Word:
    """One word: how it stands on pages (its name, then its plural), and what it means."""

    forms: tuple[str, ...]
    meaning: str


@cache
def words(language: str) -> tuple[Word, ...]:
    """Those of the language, and in what another one is read, as the page has them."""
    found = ROW.findall(page(GLOSSARY, language).text)
    return tuple(Word(tuple(forms.split(", ")), meaning) for forms, meaning in found)
