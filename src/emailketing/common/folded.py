"""Words as a search compares them: no accents, no capitals, numbers with and without points.

“Ypoá”, “YPOÁ” and “ypoa” are one word; “1.234.567” and “1 234 567” are 1234567; “OC-0023” is oc0023
too. What is kept and what somebody types go through the same door.
"""

import re
import unicodedata

LONGEST = 2_000  # letters kept of one row
SHORTEST_PART = 3  # letters: a shorter term is looked for at the beginning of a word
# letters that Unicode does not take apart into a letter and its accent
_ALONE = str.maketrans({"ø": "o", "đ": "d", "ł": "l", "æ": "ae", "œ": "oe", "ħ": "h", "ı": "i"})
_ACCENTS = frozenset({"Mn", "Me", "Cf"})  # invisible signs too
_INSIDE = re.compile(r"(?<=\w)['’‘ʼ`´ꞌ](?=\w)")  # Guaraní: ka'aguy
_BETWEEN = re.compile(r"[\W_]+")
_GROUPS = re.compile(r"(?<!\w)\d{1,3}(?: \d{3})+(?!\w)")
_DIGIT = re.compile(r"\d")


def bare(text: str) -> str:
    """Return the text in small letters without accents; its signs stay."""
    text = _INSIDE.sub("", text)
    if not text.isascii():
        apart = unicodedata.normalize("NFKD", text.casefold())
        kept = "".join(sign for sign in apart if unicodedata.category(sign) not in _ACCENTS)
        text = kept.translate(_ALONE)
    return _INSIDE.sub("", text.casefold())


def folded(*texts: str) -> str:
    """Return what is kept for a search: every word between blanks, joined numbers at the end."""
    tokens = bare(" ".join(text for text in texts if text)).split()
    line = " ".join(tokens)
    joined = [found.replace(" ", "") for found in _GROUPS.findall(line)]
    for token in tokens:
        if _DIGIT.search(token):
            joined += [_BETWEEN.sub("", part) for part in token.split("@") if _is_apart(part)]
    words = _BETWEEN.sub(" ", line).split()
    return f" {' '.join([*words, *dict.fromkeys(joined)])}"[:LONGEST] + " "


def terms(query: str) -> list[str]:
    """Return the parts that must all be in a folded text; " a" is the beginning of a word."""
    found = []
    for token in bare(query).split():
        is_number = _DIGIT.search(token) and "@" not in token
        term = _BETWEEN.sub("" if is_number else " ", token).strip()
        if term:
            found.append(term if len(term) >= SHORTEST_PART else f" {term}")
    return list(dict.fromkeys(found))


def has_all(text: str, wanted: list[str]) -> bool:
    """Whether the folded text holds every term."""
    return all(term in text for term in wanted)


def _is_apart(part: str) -> bool:
    return _BETWEEN.search(part.strip("._-,;:()[]")) is not None
