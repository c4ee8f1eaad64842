"""Header lines that come back as they were (T1, T2): never by Python's modern e-mail policy.

Words (subjects, names) go through the legacy `Header` class; identifiers and lists are raw ASCII,
folded at blanks only; an address stands alone with its name quoted or encoded whole.
"""

import re
from email.header import Header
from functools import lru_cache

from emailketing.common.email_address import EmailInvalid, ascii_domain

WIDTH, END = 76, "\r\n"
_UNFIT = re.compile(r"[\x00-\x1f\x7f\ud800-\udfff]")
_PLAIN_WORDS = re.compile(r"[\x21-\x7e]{1,60}(?: [\x21-\x7e]{1,60})*")
_PLAIN_NAME = re.compile(r"[A-Za-z0-9 .!#$%&'*+/=?^_`{|}~-]{1,60}")
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9-]{0,63}")
# what our own code may add; nobody else can name a header (S1, S2)
ALLOWED = frozenset(
    {
        "Auto-Submitted",
        "Feedback-ID",
        "In-Reply-To",
        "List-Help",
        "List-ID",
        "List-Unsubscribe",
        "List-Unsubscribe-Post",
        "Precedence",
        "References",
        "X-Auto-Response-Suppress",
    }
)


class HeaderInvalid(ValueError):
    """A header would break the message; nothing is sent."""


@lru_cache(maxsize=256)  # of a campaign all are the same
def words(name: str, value: str) -> str:
    """Return a header of words, such as Subject."""
    refuse_control(name, value)
    if _PLAIN_WORDS.fullmatch(value) and "=?" not in value:
        return raw(name, value)
    text = Header(value, "utf-8", header_name=name, maxlinelen=WIDTH)
    return f"{name}: {text.encode(linesep=END)}{END}"


def raw(name: str, value: str) -> str:
    """Return a header of tokens, ASCII as it is, folded at blanks only."""
    refuse_control(name, value)
    if not value.isascii():
        raise HeaderInvalid(name)
    line = f"{name}: {value}\r\n"
    return line if len(line) <= WIDTH + 2 else _folded(name, value)


def _folded(name: str, value: str) -> str:
    lines = [f"{name}:"]
    for token in value.split():
        is_full = len(lines[-1]) + 1 + len(token) > WIDTH
        if is_full and lines[-1] != f"{name}:":
            lines.append("")
        lines[-1] += f" {token}"
    return "\r\n".join(lines) + "\r\n"


@lru_cache(maxsize=256)
def mailbox(header: str, name: str, address: str) -> str:
    """Return an address header with exactly one address."""
    refuse_control(header, name + address)
    if re.search(r"[\s<>,;\"]", address) or address.count("@") != 1:
        raise HeaderInvalid(header)
    try:
        address = ascii_domain(address)  # letters beyond ASCII may stand before the @ only
    except EmailInvalid as error:
        raise HeaderInvalid(header) from error
    shown = _display_name(" ".join(name.split()))
    line = f"{header}: {shown}<{address}>\r\n"
    if len(line) <= WIDTH + 2 and "\r\n " not in shown:
        return line
    return f"{header}: {shown.rstrip()}\r\n <{address}>\r\n"


def _display_name(name: str) -> str:
    """Quote a plain name; encode any other whole: its comma must not make a second address (S5)."""
    if not name:
        return ""
    if _PLAIN_NAME.fullmatch(name) and "=?" not in name:
        return f'"{name}" '
    encoded = Header(name, "utf-8", header_name="Reply-To", maxlinelen=WIDTH)
    return encoded.encode(linesep=END) + " "


@lru_cache(maxsize=256)
def phrase(words: str) -> str:
    """Return words as they stand before an identifier in brackets, in ASCII (RFC 2919)."""
    refuse_control("phrase", words)
    return " ".join(_display_name(" ".join(words.split())).split())


@lru_cache(maxsize=256)
def own(name: str, value: str) -> str:
    """Return one of the headers our own code may add (S1, S2)."""
    if not _NAME.fullmatch(name) or name not in ALLOWED:
        raise HeaderInvalid(name)
    return raw(name, value)


def refuse_control(name: str, value: str) -> None:
    """Refuse CR, LF, NUL and their like: they would begin a header of somebody else's (S1).

    Half of a sign, too: no mail can hold it.
    """
    if _UNFIT.search(value):
        raise HeaderInvalid(name)
