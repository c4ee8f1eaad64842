"""Quoted-printable of a text made of pieces that many mails share: each is encoded once.

Where a piece's lines are broken depends on nothing but the column it begins in: it is kept by
column. The bytes are those of `quoted_printable` for the whole text, which a test compares.
"""

import binascii
from collections.abc import Iterable, Sequence

from emailketing.channels.email.compose import crlf_bytes, crlf_lines

FULL = 75  # columns of a line; in the 76th stands the sign of a soft break
SOFT_BREAK = b"=\r\n"
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
        self._kept: list[dict[int, bytes]] = [{} for _ in self._pieces]

    def filled(self, values: Iterable[str]) -> bytes:
        """Return the whole text, encoded."""
        parts, column = [], 0
        for number, value in enumerate([*values, ""]):
            kept = self._kept[number]
            part = kept.get(column)
            if part is None:
                part = kept[column] = _encoded(self._pieces[number], column)
            parts.append(part)
            column = _column_after(part, column)
            if value:
                part = value.encode()
                if not value.isascii() or column + len(part) > FULL:
                    part = _encoded(part, column)
                parts.append(part)
                column = _column_after(part, column)
        return b"".join(parts)


def _encoded(data: bytes, column: int) -> bytes:
    """Encode what begins in this column and is followed by a letter or by nothing."""
    whole = binascii.b2a_qp(_BEFORE * column + data + _AFTER, istext=True)
    return whole[column : -len(_AFTER)].removesuffix(SOFT_BREAK)  # that is for the letter after it


def _column_after(part: bytes, column: int) -> int:
    line_end = part.rfind(b"\n")
    return column + len(part) if line_end < 0 else len(part) - line_end - 1
