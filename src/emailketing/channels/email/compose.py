"""The serialiser: finished content in, the bytes of one mail out, the same at every attempt (R5).

A fixed skeleton, not a message object: `mixed(alternative(text, related(html, pictures)), files)`:
quoted-printable, CRLF, lines of at most 76 characters. Date, Message-ID and boundaries come from
what was frozen at queueing; nothing here reads a clock or throws dice. The wire stuffs the dots.
"""

import base64
import binascii
import hashlib
import re
import unicodedata
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import format_datetime
from functools import lru_cache
from urllib.parse import quote

from emailketing.channels.email import headers

_LINE_END = re.compile(r"\r\n?")
_MIME_TYPE = re.compile(r"[a-z0-9.+-]{1,60}/[a-z0-9.+-]{1,60}")
_PICTURE_NAME = re.compile(r"[a-z][a-z0-9-]{0,30}")
_PLAIN_FILE_NAME = re.compile(r"[A-Za-z0-9._-]{1,60}")
_NOT_PLAIN = re.compile(r"[^A-Za-z0-9 ._()+,=-]+")
_PIECE = 50  # signs of a file name a line: ` filename*12*=UTF-8''` and they fit 76


class MailInvalid(ValueError):
    """This mail cannot be written as it is; nothing is sent."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Mail:
    """Finished content. `pictures` and `files` are made by `picture_part` and `file_part`."""

    from_name: str = ""
    from_address: str
    reply_to: str = ""
    to_name: str = ""
    to_address: str
    subject: str
    text: str | bytes  # bytes: quoted-printable already
    html: str | bytes = ""
    date: datetime
    message_id: str
    extra: tuple[tuple[str, str], ...] = ()
    pictures: tuple[bytes, ...] = ()
    files: tuple[bytes, ...] = ()


def compose(mail: Mail) -> bytes:
    """Write the mail.

    Raises:
        MailInvalid: a header that would break it (S1), named in the message.
    """
    try:
        head = _head(mail)
    except headers.HeaderInvalid as error:
        raise MailInvalid(str(error)) from error
    seed = hashlib.sha256(mail.message_id.encode()).hexdigest()[:20]
    kind, body = _words_part(mail, seed)
    if mail.files:
        boundary = f"=_m{seed}"
        inner = b"Content-Type: " + kind + b"\r\n" + body
        kind = f'multipart/mixed;\r\n boundary="{boundary}"'.encode()
        body = b"\r\n" + _joined(boundary, (inner, *mail.files))
    return head.encode() + b"Content-Type: " + kind + b"\r\n" + body


def _head(mail: Mail) -> str:
    same = not mail.reply_to or mail.reply_to.lower() == mail.from_address.lower()
    return "".join(
        [
            headers.mailbox("From", mail.from_name, mail.from_address),
            headers.mailbox("To", mail.to_name, mail.to_address),
            "" if same else headers.mailbox("Reply-To", "", mail.reply_to),
            headers.words("Subject", mail.subject),
            _date(mail.date),
            headers.raw("Message-ID", mail.message_id),
            *(headers.own(name, value) for name, value in mail.extra),
            "MIME-Version: 1.0\r\n",
        ]
    )


@lru_cache(maxsize=256)  # those of a block begin at the same second
def _date(date: datetime) -> str:
    return f"Date: {format_datetime(date.astimezone(UTC))}\r\n"


def _words_part(mail: Mail, seed: str) -> tuple[bytes, bytes]:
    """Return type and rest of what is read: the text alone, or text and HTML to choose from."""
    text = _text_part(b"plain", mail.text)
    if not mail.html:
        return text
    page = _text_part(b"html", mail.html)
    if mail.pictures:
        boundary = f"=_r{seed}"
        shown = b"Content-Type: " + page[0] + b"\r\n" + page[1]
        page = (
            f'multipart/related; type="text/html";\r\n boundary="{boundary}"'.encode(),
            b"\r\n" + _joined(boundary, (shown, *mail.pictures)),
        )
    boundary = f"=_a{seed}"
    parts = tuple(b"Content-Type: " + kind + b"\r\n" + body for kind, body in (text, page))
    return (
        f'multipart/alternative;\r\n boundary="{boundary}"'.encode(),
        b"\r\n" + _joined(boundary, parts),
    )


def _text_part(subtype: bytes, text: str | bytes) -> tuple[bytes, bytes]:
    encoded = text if isinstance(text, bytes) else quoted_printable(text)
    return (
        b"text/" + subtype + b"; charset=utf-8",
        b"Content-Transfer-Encoding: quoted-printable\r\n\r\n" + encoded,
    )


def quoted_printable(text: str) -> bytes:
    """Encode text; only CRLF ends a line, whatever the author's computer wrote (S4)."""
    # the CRLF at the end also tells b2a_qp how to write its soft line breaks
    return binascii.b2a_qp(crlf_lines(text), istext=True)


def crlf_lines(text: str) -> bytes:
    """Return the text as bytes; each line, the last one too, ends with CRLF."""
    data = crlf_bytes(text)
    return data if data.endswith(b"\n") else data + b"\r\n"


def crlf_bytes(text: str) -> bytes:
    """Return the text as bytes with CRLF for every line end.

    Raises:
        MailInvalid: half of a sign, which no mail may hold.
    """
    lines = text if "\r" not in text else _LINE_END.sub("\n", text)
    try:
        return lines.replace("\n", "\r\n").encode()
    except UnicodeEncodeError as error:
        raise MailInvalid("text") from error


def _joined(boundary: str, parts: tuple[bytes, ...]) -> bytes:
    line = f"--{boundary}\r\n".encode()
    return b"".join(line + part for part in parts) + f"--{boundary}--\r\n".encode()


def picture_part(name: str, content: bytes, mime_type: str) -> bytes:
    """Return a picture as the part that `cid:` and its name show: logo, chart."""
    if not _PICTURE_NAME.fullmatch(name):
        raise MailInvalid(f"Content-ID: {name!r}")
    return (
        f"Content-Type: {_checked(mime_type)}\r\nContent-ID: <{name}>\r\n"
        f"Content-Disposition: inline; filename={name}\r\n"
    ).encode() + _base64(content)


def file_part(file_name: str, mime_type: str, content: bytes) -> bytes:
    """Return one attachment, ready to be used in any number of mails."""
    named, fallback = _file_name(file_name)
    return (
        f'Content-Type: {_checked(mime_type)};\r\n name="{fallback}"\r\n'
        f"Content-Disposition: attachment;\r\n {named}\r\n"
    ).encode() + _base64(content)


def _checked(mime_type: str) -> str:
    if not _MIME_TYPE.fullmatch(mime_type.lower()):
        raise MailInvalid(f"Content-Type: {mime_type!r}")
    return mime_type.lower()


def _file_name(name: str) -> tuple[str, str]:
    """Write a file name; beyond plain ASCII by RFC 2231, in pieces where the line would be long.

    The second is the name in ASCII for old readers. It stands in the Content-Type: beside
    `filename*` many readers would take the plain one, and show “rden” where it says “Órden”.
    """
    if not name or re.search(r"[\x00-\x1f\x7f/\\\ud800-\udfff]", name):
        raise MailInvalid("filename")
    if _PLAIN_FILE_NAME.fullmatch(name):
        return f'filename="{name}"', name
    pieces = _pieces(name)
    if len(pieces) == 1:
        return f"filename*=UTF-8''{pieces[0]}", _plain_name(name)
    pieces[0] = f"UTF-8''{pieces[0]}"
    lines = (f"filename*{number}*={piece}" for number, piece in enumerate(pieces))
    return ";\r\n ".join(lines), _plain_name(name)


def _pieces(name: str) -> list[str]:
    """Cut the encoded name into pieces that a line can hold, never within a sign of it."""
    pieces = [""]
    for sign in name:
        encoded = quote(sign, safe="")
        if len(pieces[-1]) + len(encoded) > _PIECE:
            pieces.append("")
        pieces[-1] += encoded
    return pieces


def _plain_name(name: str) -> str:
    """Write a file name with the letters of ASCII: accents away, its ending kept (T2)."""
    letters = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    stem, dot, ending = _NOT_PLAIN.sub("_", letters).strip().rpartition(".")
    if not dot:
        stem, ending = ending, ""
    ending = ending[:10]
    return f"{stem.strip(' ._')[: 58 - len(ending)] or 'file'}{dot}{ending}"


def _base64(content: bytes) -> bytes:
    lines = base64.encodebytes(content).replace(b"\n", b"\r\n")
    return b"Content-Transfer-Encoding: base64\r\n\r\n" + (lines or b"\r\n")
