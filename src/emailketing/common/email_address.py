"""E-mail addresses as people type them: understood when certain, never guessed.

One opinion for the console, the business systems and the wire (RFC 5321 §4.1.2, RFC 6531). A mail
to a guessed address tells a stranger what is nobody's business: “juan perez@empresa.example” is
not “perez@empresa.example”.
"""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import unquote

from emailketing.common.said import say as _

LONGEST = 254  # RFC 5321 §4.5.3.1.3, without the angle brackets
_SHOWN = 120
_FULL_WIDTH = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}
_QUOTES = str.maketrans("“”„«»", '"""""')
# what stands before an address and is certainly no part of it
_LABEL = re.compile(
    r"^(?:e-?mails?|correos?(?: electr[óo]nicos?)?|mails?)\s*[:=]\s*", re.IGNORECASE
)
_LINK = re.compile(r"^mailto:\s*([^?]*)(?:\?.*)?$", re.IGNORECASE)
_NAMED = re.compile(r"^(?P<name>[^<>]*)<(?P<address>[^<>]*)>$")
_COMMENT = re.compile(r"\([^()@]*\)")
# between two addresses for certain (only outside quotes and angle brackets), and by context
_SIGNS = re.compile(r"[;,|\n]")
_WORDS = re.compile(r"\s*/\s*|\s+(?:y|e|o|u|ou|and|or|&|-)\s+", re.IGNORECASE)
_NOTHING = frozenset(
    {
        *("no", "none", "null", "nil", "na", "nada", "ninguno", "ninguna", "nenhum", "falta"),
        *("pendiente", "desconocido", "x", "xx", "xxx", "0", "sc", "sd", "nohay", "nousa"),
        *("notiene", "noposee", "noaplica", "nodisponible", "noinformado", "nãotem", "naotem"),
        *("nãopossui", "sincorreo", "sinmail", "sinemail", "sincorreoelectronico"),
        *("sincorreoelectrónico", "scorreo", "smail", "semail", "sememail", "semcorreio"),
        *("sintelefono", "sinteléfono", "sincelular", "sintel", "semtelefone", "semcelular"),
        *("notienetelefono", "notieneteléfono", "notienecelular"),
        *("notienecorreo", "notieneemail", "notienemail"),
    }
)


class EmailInvalid(ValueError):
    """This is no e-mail address; the sentence says so in the reader's language."""


@dataclass(frozen=True, slots=True)
class Email:
    """One address: `value` as people read it, `wire` with the domain as A-labels (RFC 5891)."""

    value: str
    wire: str
    name: str = ""


@dataclass(frozen=True, slots=True)
class WrittenAddress:
    """What one part of a field says: an address, or the part as typed and what is wrong with it."""

    value: str
    name: str = ""
    problem: str = ""


def email(written: str) -> Email:
    """Understand one address as somebody typed it; syntax only, nothing is looked up (S3).

    `Name <address>`, `mailto:`, a full stop at the end and invisible signs are understood.
    Addresses inside an office (`ana@empresa.local`) are addresses too. A local part beyond ASCII
    stays as it is: only a server that offers SMTPUTF8 can take it.

    Raises:
        EmailInvalid: with one sentence; nothing is cut off or guessed.
    """
    text = _visible(written)
    found = _one(text)
    if found is None:
        raise EmailInvalid(_not_understood(text))
    return found


def emails(written: str) -> list[WrittenAddress]:
    """Take a field apart: every address in it, and what cannot be understood as it is typed.

    Words for nothing (“SIN CORREO”, “n/a”) are no address and no problem.
    """
    text = _visible(written)
    found = [
        part for piece in _apart(text) if not says_nothing(piece) for part in _understood(piece)
    ]
    if len(found) > 1 and all(part.problem for part in found):
        found = [_misread(text)]  # “ana@gmail,com”: the field as it is typed says more
    once: dict[str, WrittenAddress] = {}
    for part in found:
        once.setdefault(part.value.casefold(), part)
    return list(once.values())


def wire_or_as_is(written: str) -> str:
    """Return an address of our own for the wire; one that is only odd stays as it was entered."""
    try:
        return email(written).wire
    except EmailInvalid:
        return written.strip()


def ascii_domain(address: str) -> str:
    """Return the address with its domain as A-labels; the part before the @ stays as it is.

    Raises:
        EmailInvalid: no name server could know this domain.
    """
    local, at, domain = address.rpartition("@")
    if domain.isascii():
        return address
    known = _checked(f"x@{domain}", "")
    if known is None:
        raise EmailInvalid(_not_understood(address))
    return local + at + known.wire.rpartition("@")[2]


def says_nothing(text: str) -> bool:
    """Say whether a field is empty, or says in words that there is nothing: “no tiene”, “N/A”."""
    letters = "".join(sign for sign in text.casefold() if sign.isalnum())
    return not letters or ("@" not in text and letters in _NOTHING)


def _has_letters(text: str) -> bool:
    return any(sign.isalnum() for sign in text)


def _visible(written: str) -> str:
    """Drop signs nobody sees, and take the wide forms of ASCII for what they are."""
    plain = written.translate(_FULL_WIDTH).translate(_QUOTES)
    shown = (
        sign if sign == "\n" or not sign.isspace() else " "
        for sign in plain.replace("\r\n", "\n").replace("\r", "\n")
        if sign.isspace() or unicodedata.category(sign) not in {"Cf", "Cc"}
    )
    return "".join(shown).strip()


def _apart(text: str) -> list[str]:
    """Split where no address can contain the sign: outside quotes and angle brackets."""
    parts, begin, quoted, bracket = [], 0, False, False
    for place, sign in enumerate(text):
        if sign == '"':
            quoted = not quoted
        elif not quoted and sign in "<>":
            bracket = sign == "<"
        elif not quoted and not bracket and _SIGNS.match(sign):
            parts.append(text[begin:place])
            begin = place + 1
    if quoted or bracket:  # a quote that nobody closed: nothing is certain
        return [text]
    return list(_with_their_names([*parts, text[begin:]]))


def _with_their_names(parts: list[str]) -> Iterator[str]:
    """Put “Perez, Ana <ana@…>” together again: the comma stands in the name."""
    before = ""
    for part in parts:
        if "@" not in part and not says_nothing(part):
            before += f"{part},"
            continue
        if before and not _NAMED.match(part.strip()):
            yield before.rstrip(",")
            before = ""
        yield before + part
        before = ""
    if before:
        yield before.rstrip(",")


def _understood(text: str) -> Iterator[WrittenAddress]:
    # between blanks a word for nothing may belong to the address: “pendiente ana@…” is not certain
    by_blanks = [] if "<" in text else [piece for piece in text.split() if _has_letters(piece)]
    ways = ([text], [piece for piece in _WORDS.split(text) if not says_nothing(piece)], by_blanks)
    for pieces in ways:
        found = [_one(piece) for piece in pieces]
        if found and all(found):
            yield from (WrittenAddress(one.value, one.name) for one in found if one is not None)
            return
    pieces = _WORDS.split(text)
    if len(pieces) > 1 and all("@" in piece or says_nothing(piece) for piece in pieces):
        for piece in pieces:
            yield from _understood(piece) if not says_nothing(piece) else ()
        return
    yield _misread(text)


def _misread(text: str) -> WrittenAddress:
    return WrittenAddress(text.strip()[:LONGEST], problem=_not_understood(text))


def _one(text: str) -> Email | None:
    """Return the one address this is; None when that is not certain."""
    bare = _LABEL.sub("", _COMMENT.sub(" ", text).strip() if '"' not in text else text.strip())
    name = ""
    if named := _NAMED.match(bare.rstrip(" .,;")):
        name, bare = named["name"].strip(" \"'"), named["address"].strip()
    if link := _LINK.match(bare):
        bare = unquote(link[1])
    bare = bare.strip(" \t.,;:'")
    if "@" in name and name.casefold() != bare.casefold():
        return None  # two addresses, of which one must be wrong
    if len(bare) > LONGEST or ("/" in bare and '"' not in bare):
        return None  # “ventas/compras@…” is two desks of one house more often than one address
    return _checked(bare, "" if "@" in name else " ".join(name.split()))


def _checked(bare: str, name: str) -> Email | None:
    # loaded with the first address, not with every command
    from email_validator import EmailNotValidError, validate_email

    # the library knows .local as reserved, which is what offices use it for
    ending = ".local" if bare.lower().endswith(".local") else ""
    try:
        checked = validate_email(
            f"{bare[: -len(ending)]}.test" if ending else bare,
            check_deliverability=False,
            test_environment=True,
            allow_quoted_local=True,
        )
    except EmailNotValidError:
        return None
    if ending:
        wire = checked.ascii_domain.removesuffix("test") + "local"
        domain = checked.domain.removesuffix("test") + "local"
    else:
        wire, domain = checked.ascii_domain, checked.domain
    return Email(f"{checked.local_part}@{domain}", f"{checked.local_part}@{wire}", name)


def _not_understood(text: str) -> str:
    shown = " ".join(text.split())
    shown = shown if len(shown) <= _SHOWN else shown[:_SHOWN] + "…"
    return _("“%(address)s” is not understood as an e-mail address.") % {"address": shown}
