"""What a text costs on the phone: alphabet, segments, parts (GSM 03.38, 03.40; rule M1).

A text of the GSM alphabet has 160 places, else (one “á” is enough) 70. A longer one is cut into
parts of 153 or 67, each with a header that says which part of what it is; nothing that takes two
places (€, an emoji) is ever cut in two.
"""

import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import groupby
from typing import Final, Literal

from django.utils.translation import gettext as _

from emailketing.channels.segments import Measure, TooLong

Encoding = Literal["gsm7", "ucs2"]

ESCAPE: Final = 0x1B
BASIC: Final = (
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞ\x1bÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
EXTENSION: Final = {
    "\f": 0x0A,
    "^": 0x14,
    "{": 0x28,
    "}": 0x29,
    "\\": 0x2F,
    "[": 0x3C,
    "~": 0x3D,
    "]": 0x3E,
    "|": 0x40,
    "€": 0x65,
}
GSM: Final[dict[str, bytes]] = {
    **{letter: bytes([code]) for code, letter in enumerate(BASIC) if code != ESCAPE},
    **{letter: bytes([ESCAPE, code]) for letter, code in EXTENSION.items()},
}
_EXTENDED: Final = {code: letter for letter, code in EXTENSION.items()}

SINGLE: Final[dict[Encoding, int]] = {"gsm7": 160, "ucs2": 70}  # places of a text in one piece
EACH: Final[dict[Encoding, int]] = {"gsm7": 153, "ucs2": 67}  # and of each part of a longer one
MOST_PARTS: Final = 255  # the header counts in one octet
LARGEST_BASIC_PLANE: Final = "\uffff"

# what looks the same on a phone and only costs: no-break and thin spaces, tabs; invisible marks
_SPACES: Final = dict.fromkeys(map(ord, "\t\xa0\u2007\u2009\u202f"), " ")
_NOTHING: Final = dict.fromkeys(map(ord, "\xad\u200b\u2060\ufeff"), "")
_PLAIN: Final = str.maketrans(
    {
        **dict.fromkeys("“”„‟«»″", '"'),
        **dict.fromkeys("‘’‚‛′`´ʼʻ‹›", "'"),
        **dict.fromkeys("‐‑‒–—―−•·", "-"),
        **dict.fromkeys("°º", "o"),
        "…": "...",
        "⁄": "/",
        "×": "x",
        "₲": "Gs",
        "©": "(c)",
        "®": "(r)",
    }
)


@dataclass(frozen=True, slots=True)
class SmsPart:
    """One piece on its way.

    Attributes:
        data: one octet per place (gsm7), or UTF-16 with the high octet first (ucs2).
        header: the user data header that joins the parts; empty when there is one part only.
    """

    data: bytes
    encoding: Encoding
    header: bytes = b""

    @property
    def text(self) -> str:
        return decoded(self.data, self.encoding)

    @property
    def octets(self) -> int:
        """How many of the 140 octets of a text message it fills: gsm7 travels in 7 bits each."""
        if self.encoding == "ucs2":
            return len(self.header) + len(self.data)
        header_places = -(-len(self.header) * 8 // 7)
        return -(-(header_places + len(self.data)) * 7 // 8)


def measure(text: str, *, plain: bool = False) -> Measure:
    """Count what a text takes, exactly as `parts` will cut it; `plain`: as `wire_text` has it."""
    text = wire_text(text, plain=plain)
    encoding = encoding_of(text)
    sizes = [sum(map(_places(encoding), chunk)) for chunk in _cut(text, encoding)]
    room = SINGLE[encoding] if len(sizes) == 1 else EACH[encoding]
    left = room - sizes[-1]
    return Measure(encoding, sum(sizes), len(sizes), left, is_costly=encoding == "ucs2")


def parts(text: str, *, reference: int = 0) -> list[SmsPart]:
    """Cut a text into what is sent.

    Args:
        text: as it was written out.
        reference: joins the parts of one text; others to the same phone should have another.

    Raises:
        TooLong: more than 255 parts.
    """
    text = wire_text(text)
    encoding = encoding_of(text)
    chunks = list(_cut(text, encoding))
    if len(chunks) > MOST_PARTS:
        raise TooLong(_("The text is too long for a phone: it takes %d segments.") % len(chunks))
    if len(chunks) == 1:
        return [SmsPart(encoded(text, encoding), encoding)]
    # length 5, element 0: joined parts with a reference of one octet, length 3
    header = bytes([5, 0, 3, reference % 256, len(chunks)])
    return [
        SmsPart(encoded(chunk, encoding), encoding, header + bytes([number]))
        for number, chunk in enumerate(chunks, start=1)
    ]


def encoding_of(text: str) -> Encoding:
    return "gsm7" if all(letter in GSM for letter in text) else "ucs2"


def wire_text(text: str, *, plain: bool = False) -> str:
    """The text as the phone shall show it: composed letters, plain spaces, no invisible marks.

    With `plain` ñ becomes n, á a and so on, when that makes it fit the GSM alphabet.
    """
    text = text.replace("\r\n", "\n").replace("\r", "\n").translate(_SPACES).translate(_NOTHING)
    text = text.encode("utf-16-be", "replace").decode("utf-16-be")  # half an emoji becomes “?”
    text = unicodedata.normalize(
        "NFC",
        "".join(mark for mark in text if mark in "\n\f" or unicodedata.category(mark) != "Cc"),
    )
    if plain and encoding_of(plainer := to_plain(text)) == "gsm7":
        return plainer
    return text


def to_plain(text: str) -> str:
    """Write letters without their accents and typographic marks as a typewriter has them.

    What the GSM alphabet has besides letters with accents (€, ¿, ß) stays, and so does what has
    no plain form: an emoji, another script.
    """
    return "".join(map(_plain_letter, unicodedata.normalize("NFC", text).translate(_PLAIN)))


def _plain_letter(letter: str) -> str:
    if unicodedata.combining(letter):
        return ""  # the tilde of g̃, which no composed letter has
    bare = unicodedata.normalize("NFKD", letter)
    bare = "".join(mark for mark in bare if not unicodedata.combining(mark)).translate(_PLAIN)
    return bare if all(mark in GSM for mark in bare) else letter


def encoded(text: str, encoding: Encoding) -> bytes:
    if encoding == "ucs2":
        return text.encode("utf-16-be")
    return b"".join(GSM[letter] for letter in text)


def decoded(data: bytes, encoding: Encoding) -> str:
    """Read what came over the wire; what it does not know is a space, as on a phone."""
    if encoding == "ucs2":
        return data.decode("utf-16-be", "replace")
    letters, is_escaped = [], False
    for code in data:
        if code == ESCAPE and not is_escaped:
            is_escaped = True
            continue
        basic = BASIC[code] if code < len(BASIC) and code != ESCAPE else " "
        letters.append(_EXTENDED.get(code, basic) if is_escaped else basic)
        is_escaped = False
    return "".join(letters)


def _cut(text: str, encoding: Encoding) -> Iterator[str]:
    """Yield the text in pieces that fit; an empty text is one empty piece."""
    places = _places(encoding)
    if sum(map(places, text)) <= SINGLE[encoding]:
        yield text
        return
    number = used = 0

    def part_of(letter: str) -> int:
        nonlocal number, used
        if used + places(letter) > EACH[encoding]:
            number, used = number + 1, 0
        used += places(letter)
        return number

    for _number, letters in groupby(text, key=part_of):
        yield "".join(letters)


def _places(encoding: Encoding) -> Callable[[str], int]:
    if encoding == "gsm7":
        return lambda letter: len(GSM[letter])
    return lambda letter: 2 if letter > LARGEST_BASIC_PLANE else 1
