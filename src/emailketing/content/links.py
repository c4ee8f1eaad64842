"""Where the links of a finished mail lead: looked at after the data are in it (S11, S13, S16).

Saving checks what an author wrote; what a tag alone puts there is known only now.
"""

import html
import re

from django.utils.translation import gettext as _

LINK = re.compile(
    r"""\b(?P<name>href|src|background|action)\s*=\s*(?:"(?P<one>[^"]*)"|'(?P<other>[^']*)')""",
    re.IGNORECASE,
)
SCHEME = re.compile(r"([a-z][a-z0-9+.-]*):", re.IGNORECASE)
UNSEEN = re.compile(r"[\x00-\x20\x7f-\xa0\u200b-\u200f\u2060\ufeff]")  # browsers skip most of them
LINKS = frozenset({"http", "https", "mailto", "tel", "cid"})
PICTURES = frozenset({"cid"})
LONGEST_TOLD = 60  # characters


def wrong_link(page: str) -> str:
    """Return one sentence about the first link that may not be in a mail, "" when all may."""
    for found in LINK.finditer(page):
        to = UNSEEN.sub("", html.unescape(found["one"] or found["other"] or ""))
        scheme = SCHEME.match(to)
        is_picture = found["name"].lower() in ("src", "background")
        allowed = PICTURES if is_picture else LINKS
        if scheme and scheme[1].lower() not in allowed:
            sentence = _("A link or picture leads to “%(to)s”, which no mail may hold.")
            return sentence % {"to": to[:LONGEST_TOLD]}
    return ""
