"""What is said above a letter that goes to somebody who stands in for another."""

import html
import re
from dataclasses import replace

from django.utils import translation
from django.utils.translation import gettext as _

from emailketing.common.plain import Values
from emailketing.content.render import Rendered, one_line

_BODY = re.compile(r"<body[^>]*>", re.IGNORECASE)
_ROW = '<p style="margin:0 0 4px">{}</p>'
_FRAME = (
    '<table role="presentation" width="100%" cellpadding="0" cellspacing="0" border="0"><tr>'
    '<td align="center" style="padding:12px 16px;background:#fff3cd;color:#5c4400;'
    'font:14px/1.5 Arial,Helvetica,sans-serif"><div style="max-width:600px;text-align:left">'
    "{}</div></td></tr></table>"
)


def with_notice(words: Rendered, notice: Values, *, language: str) -> Rendered:
    """Say in subject, HTML and text whom the letter was meant for, why it comes here, what to do.

    A text for a phone has no room for it and stays as it is.

    Args:
        words: the letter, written out.
        notice: `whom` it was meant for, and `why` it did not go there, in words.
        language: es, en or pt.
    """
    if not words.html:
        return words
    with translation.override(language):
        whom = {"whom": one_line(str(notice.get("whom") or "—"))}
        subject = one_line(_("[For %(whom)s, not delivered]") % whom + f" {words.subject}")
        rows = [
            _("This message was meant for %(whom)s.") % whom,
            _("It did not go there: %(why)s") % {"why": one_line(str(notice.get("why") or "—"))},
            _("Please pass it on, and have the address corrected in the business system."),
        ]
    banner = _FRAME.format("".join(_ROW.format(html.escape(row)) for row in rows))
    body = _BODY.search(words.html)
    place = body.end() if body else 0
    return replace(
        words,
        subject=subject,
        html=words.html[:place] + banner + words.html[place:],
        text="\n".join([*rows, "", words.text]),
    )
