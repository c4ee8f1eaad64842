"""Mails as pictures of themselves: sandboxed frames that run nothing and load nothing (S12)."""

import base64
import re
from dataclasses import dataclass

from emailketing.content.look import BrandLook, data_uri
from emailketing.content.render import Rendered

# nothing from outside, no script, no form; the frame itself is sandboxed without any permission
POLICY = "default-src 'none'; img-src data:; style-src 'unsafe-inline'"
HEAD = (
    f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">'
    "<style>html{scrollbar-width:none}</style>"
)


@dataclass(frozen=True, slots=True)
class MailView:
    """What a page shows of one mail; `html` goes into srcdoc."""

    subject: str
    html: str
    text: str
    language: str = ""
    readers: tuple[str, ...] = ()


def view_of(
    mail: Rendered, look: BrandLook, *, language: str = "", readers: tuple[str, ...] = ()
) -> MailView:
    return MailView(mail.subject, for_frame(mail.html, look), mail.text, language, readers)


def for_frame(html: str, look: BrandLook) -> str:
    """Put the logo and the policy into the page; a page without a head gets one."""
    page = html.replace("cid:logo", data_uri(look))
    if re.search(r"<head[^>]*>", page, re.IGNORECASE):
        return re.sub(
            r"(<head[^>]*>)",
            lambda found: found.group(1) + HEAD,
            page,
            count=1,
            flags=re.IGNORECASE,
        )
    return f"<head>{HEAD}</head>{page}"


def data_address(content: bytes, mime_type: str) -> str:
    return f"data:{mime_type};base64,{base64.b64encode(content).decode()}"
