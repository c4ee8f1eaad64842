"""A mail that is not sent (yet), as the pages show it (S12)."""

import base64
from dataclasses import dataclass

from emailketing.content.card.mailed import MIME_TYPE, embedded
from emailketing.content.look import BrandLook, data_uri
from emailketing.content.render import Rendered
from emailketing.web.console.shown.mail import frame_html

NO_SCROLL_BAR = "<style>html{scrollbar-width:none}</style>"  # 320 px are 320 px


@dataclass(frozen=True, slots=True)
class MailView:
    """What a page shows of one mail; `html` goes into the srcdoc of a sandboxed frame."""

    subject: str
    html: str
    text: str
    language: str = ""
    readers: tuple[str, ...] = ()


def view_of(
    mail: Rendered, look: BrandLook, *, language: str = "", readers: tuple[str, ...] = ()
) -> MailView:
    cards = embedded(mail.html, mail.cards, look)
    pictures = {name: data_address(content, MIME_TYPE) for name, content in cards.items()}
    page = frame_html(NO_SCROLL_BAR + mail.html, {"logo": data_uri(look), **pictures})
    return MailView(mail.subject, page, mail.text, language, readers)


def data_address(content: bytes, mime_type: str) -> str:
    return f"data:{mime_type};base64,{base64.b64encode(content).decode()}"
