"""The line below a letter by which its reader ends what he gets; with it who writes, and where."""

import html
import re
from dataclasses import dataclass, replace

from django.utils import translation
from django.utils.translation import gettext as _

from emailketing.content.render import Rendered

_END = re.compile(r"</body\s*>", re.IGNORECASE)
_FRAME = (
    '<table role="presentation" width="100%" cellpadding="0" cellspacing="0" border="0"><tr>'
    '<td class="foot" align="center" style="padding:0 24px 28px;'
    "font:12px/1.6 'Segoe UI',Roboto,Helvetica,Arial,sans-serif\">"
    '<div style="max-width:552px;color:#5b6875">{}</div></td></tr></table>'
)
_LINK = '<a href="{}" style="color:#5b6875">{}</a>'


@dataclass(frozen=True, slots=True, kw_only=True)
class WayOutLine:
    """What stands there.

    Attributes:
        url: of the reader's own page; empty: he writes a mail.
        mailto, subject: whom to write to, and what.
        house: who writes, and the postal address; empty where the law does not ask for it.
    """

    url: str = ""
    mailto: str = ""
    subject: str = ""
    house: tuple[str, ...] = ()


def with_way_out(words: Rendered, line: WayOutLine, *, language: str) -> Rendered:
    """Put the line below HTML and text, unless the letter shows the reader's page already."""
    shown = html.unescape(words.html)
    rows, texts = [], []
    house = [", ".join(part.split("\n")) for part in line.house if part]
    if any(part not in words.text for part in house):
        said = " · ".join(house)
        rows.append(html.escape(said))
        texts.append(said)
    if not line.url or line.url not in shown:
        with translation.override(language):
            row, text = _by_page(line.url) if line.url else _by_mail(line)
        rows.append(row)
        texts.append(text)
    if not rows:
        return words
    foot = _FRAME.format("<br>".join(rows))
    ends = list(_END.finditer(words.html))
    place = ends[-1].start() if ends else len(words.html)
    page = words.html[:place] + foot + words.html[place:]
    return replace(words, html=page, text="\n".join([words.text, "", *texts]))


def _by_page(url: str) -> tuple[str, str]:
    label = _("End these messages, or choose what you get")
    return _LINK.format(html.escape(url), html.escape(label)), f"{label}: {url}"


def _by_mail(line: WayOutLine) -> tuple[str, str]:
    sentence = _("To end these messages, write to %(address)s with the subject %(subject)s.")
    said = sentence % {"address": line.mailto, "subject": line.subject}
    label = _("End these messages")
    to = html.escape(f"mailto:{line.mailto}?subject={line.subject}")
    return _LINK.format(to, html.escape(label)), said
