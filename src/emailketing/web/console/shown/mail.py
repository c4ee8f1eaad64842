"""A mail as the pages show it: read from its very bytes, safe to look at (S12)."""

import base64
import re
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage, MIMEPart

from django.http import Http404, HttpResponse
from django.utils.http import content_disposition_header

# the frame is sandboxed: an origin of its own, no script, no form; and it may load nothing
FRAME_POLICY = (
    "default-src 'none'; img-src data:; style-src 'unsafe-inline'; font-src data:; "
    "form-action 'none'"
)
OPENS_IN_THE_BROWSER = {"application/pdf": "application/pdf"}


@dataclass(frozen=True)
class MailFile:
    number: int
    name: str
    mime_type: str
    content: bytes

    @property
    def size(self) -> int:
        return len(self.content)

    @property
    def is_pdf(self) -> bool:
        return self.mime_type == "application/pdf"


@dataclass(frozen=True)
class ShownMail:
    """What a mail holds; `html` is ready for the srcdoc of a sandboxed frame."""

    subject: str
    html: str
    text: str
    headers: list[tuple[str, str]]
    source: str
    files: list[MailFile] = field(default_factory=list)


def read_mail(raw: bytes) -> ShownMail:
    """Take the bytes apart; whatever cannot be read is shown as far as it can."""
    parsed = message_from_bytes(raw, policy=policy.default)
    html = _text(parsed.get_body(("html",)))
    return ShownMail(
        subject=_header(parsed, "Subject"),
        html=frame_html(html, _pictures(parsed)) if html else "",
        text=_text(parsed.get_body(("plain",))),
        headers=[(name, _unfold(value)) for name, value in _raw_headers(raw)],
        source=raw.decode("utf-8", "replace"),
        files=_files(parsed),
    )


def frame_html(html: str, pictures: dict[str, str] | None = None) -> str:
    """Put the policy before everything else, and embedded pictures in their places."""
    for name, address in (pictures or {}).items():
        html = html.replace(f"cid:{name}", address)
    return (
        f'<!doctype html><meta http-equiv="Content-Security-Policy" content="{FRAME_POLICY}">{html}'
    )


def _header(parsed: EmailMessage, name: str) -> str:
    try:
        return str(parsed.get(name, ""))
    except (ValueError, IndexError, AttributeError):  # the parser of the library is not complete
        return ""


def _raw_headers(raw: bytes) -> list[tuple[str, str]]:
    return list(message_from_bytes(raw, policy=policy.compat32).items())


def _unfold(value: str) -> str:
    return re.sub(r"\r?\n[ \t]+", " ", str(value))


def _text(part: MIMEPart | None) -> str:
    if part is None:
        return ""
    try:
        return str(part.get_content())
    except (LookupError, ValueError, KeyError):  # a character set nobody knows
        payload = part.get_payload(decode=True)
        return payload.decode("utf-8", "replace") if isinstance(payload, bytes) else ""


def _bytes(part: MIMEPart) -> bytes:
    payload = part.get_payload(decode=True)
    return payload if isinstance(payload, bytes) else b""


def _pictures(parsed: EmailMessage) -> dict[str, str]:
    found = {}
    for part in parsed.walk():
        name = str(part.get("Content-ID", "")).strip("<> ")
        if name and part.get_content_maintype() == "image":
            data = base64.b64encode(_bytes(part)).decode()
            found[name] = f"data:{part.get_content_type()};base64,{data}"
    return found


def _files(parsed: EmailMessage) -> list[MailFile]:
    parts = [
        part
        for part in parsed.walk()
        if part.get_content_disposition() == "attachment" and not part.is_multipart()
    ]
    return [
        MailFile(number, part.get_filename() or f"{number}", part.get_content_type(), _bytes(part))
        for number, part in enumerate(parts, start=1)
    ]


def file_answer(files: list[MailFile], number: int) -> HttpResponse:
    """Answer with one attachment: a PDF opens, everything else is only saved (S11, S27)."""
    found = next((file for file in files if file.number == number), None)
    if found is None:
        raise Http404
    shown = OPENS_IN_THE_BROWSER.get(found.mime_type)
    return bytes_answer(
        found.content, found.name, shown or "application/octet-stream", is_shown=bool(shown)
    )


def bytes_answer(
    content: bytes, name: str, mime_type: str, *, is_shown: bool = False
) -> HttpResponse:
    answer = HttpResponse(content, content_type=mime_type)
    disposition = content_disposition_header(as_attachment=not is_shown, filename=name)
    answer.headers["Content-Disposition"] = disposition or "attachment"
    answer.headers["Content-Security-Policy"] = (
        "default-src 'none'; style-src 'unsafe-inline'; object-src 'self'; frame-ancestors 'self'"
    )
    return answer
