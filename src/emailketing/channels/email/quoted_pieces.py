"""Quoted-printable of a text made of pieces that many mails share: each is encoded once.

Where a piece's lines are broken depends on nothing but the column it begins in: it is kept by
column. The bytes are those of `quoted_printable` for the whole text, which a test compares.
"""

import binascii
from collections.abc import Iterable, Sequence

from emailketing.channels.email.compose import crlf_bytes, crlf_lines

FULL = 75  # columns of a line; in the 76th stands the sign of a soft break
SOFT_BREAK = b"=\r\n"
Placed = tuple[bytes, int]  # an encoded piece, and the column after it
_BEFORE, _AFTER = b"x", b"x\r\n"  # stand for the letters around; the end tells b2a_qp: CRLF


class QuotedPieces:
    """The pieces; between each two of them comes a value.

    Values begin with a letter or digit, hold neither `=` nor a line end, and end without a blank.
    """

    def __init__(self, pieces: Sequence[str]) -> None:
        """Take the pieces over.

        Raises:
            MailInvalid: signs that no mail may hold.
        """
        self._pieces = [*map(crlf_bytes, pieces[:-1]), crlf_lines(pieces[-1])]
        self._kept: list[dict[int, Placed]] = [{} for _ in self._pieces]

    def filled(self, values: Iterable[str]) -> bytes:
        """Return the whole text, encoded."""
        parts, column = [], 0
        for piece, kept, value in zip(self._pieces, self._kept, [*values, ""], strict=True):
            placed = kept.get(column)
            if placed is None:
                placed = kept[column] = _placed(piece, column)
            part, column = placed
            parts.append(part)
            if value.isascii() and column + len(value) <= FULL:
                part, column = value.encode(), column + len(value)
            else:
                part, column = _placed(value.encode(), column)
            parts.append(part)
        return b"".join(parts)


def _placed(data: bytes, column: int) -> Placed:
    """Encode what begins in this column and is followed by a letter or by nothing."""
    whole = binascii.b2a_qp(_BEFORE * column + data + _AFTER, istext=True)
    part = whole[column : -len(_AFTER)].removesuffix(SOFT_BREAK)  # that is for the letter after it
    line_end = part.rfind(b"\n")
    return part, column + len(part) if line_end < 0 else len(part) - line_end - 1
