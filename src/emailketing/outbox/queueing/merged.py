"""What all recipients of a mail are told alike is written and encoded once (decision 94)."""

from dataclasses import dataclass
from typing import Protocol

from emailketing.channels.email.compose import MailInvalid
from emailketing.channels.email.quoted_pieces import QuotedPieces
from emailketing.common.plain import Values
from emailketing.content.merge import LetterFoot, MergeLetter, merge_letter
from emailketing.content.render import HasTexts


class MailWords(Protocol):
    """What a mail says; bytes are quoted-printable already."""

    @property
    def subject(self) -> str: ...

    @property
    def html(self) -> str | bytes: ...

    @property
    def text(self) -> str | bytes: ...


@dataclass(frozen=True, slots=True)
class MergedWords:
    """One recipient's, merged."""

    subject: str
    html: bytes
    text: bytes


class MergedLetter:
    """A letter in one language, ready for any number of recipients."""

    def __init__(self, letter: MergeLetter) -> None:
        self._letter = letter
        has_page = letter.html.pieces != ("",)
        self._html = QuotedPieces(letter.html.pieces) if has_page else None
        self._text = QuotedPieces(letter.text.pieces)

    def filled(self, recipient: Values) -> MergedWords | None:
        """Return the words for this one; None: they have to be written out as a whole."""
        letter, given = self._letter, self._letter.values(recipient)
        if given is None:
            return None
        html = self._html.filled(letter.html.values(given)) if self._html else b""
        text = self._text.filled(letter.text.values(given))
        return MergedWords(letter.subject.filled(given), html, text)


class MergedLetters:
    """The letters of one revision and one dispatch's data, by language; made at the second use."""

    def __init__(self) -> None:
        self._used: set[tuple[str, str]] = set()
        self._letters: dict[tuple[str, str], MergedLetter | None] = {}

    def of(
        self, revision: HasTexts, data: Values, *, language: str, foot: LetterFoot | None = None
    ) -> MergedLetter | None:
        """Return the letter; None for the first recipient, or where it cannot be merged."""
        key = language, foot.name if foot else ""
        if key not in self._used:
            self._used.add(key)  # one mail alone is written out at less cost
            return None
        if key not in self._letters:
            self._letters[key] = _made(revision, data, language, foot)
        return self._letters[key]


def _made(
    revision: HasTexts, data: Values, language: str, foot: LetterFoot | None
) -> MergedLetter | None:
    letter = merge_letter(revision, data, language=language, foot=foot)
    try:
        return MergedLetter(letter) if letter else None
    except MailInvalid:
        return None  # that is told of each message by itself
