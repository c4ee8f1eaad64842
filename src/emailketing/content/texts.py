"""Texts from outside, made fit to be shown: no control signs, a length that fits."""

import re

from django.utils.translation import gettext as _

# C0 and C1 controls and the marks that turn the reading direction round (S1, S27)
UNWANTED = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]")


def clean(text: str, *, longest: int, most_rows: int = 0) -> str:
    """Return the text without control signs, cut with a mark where it is too long."""
    if len(text) <= longest and text.isprintable():
        return text
    kept = text[: longest + 1].replace("\r\n", "\n").replace("\r", "\n").replace("\t", " ")
    kept = UNWANTED.sub("", kept)
    if most_rows and kept.count("\n") >= most_rows:
        return _cut("\n".join(kept.split("\n")[:most_rows]), longest)
    return _cut(kept, longest) if len(text) > longest else kept


def _cut(text: str, longest: int) -> str:
    return _("%(text)s … (text cut)") % {"text": text[:longest].rstrip()}
