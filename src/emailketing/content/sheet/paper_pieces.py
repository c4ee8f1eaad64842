"""A long table is set in pieces, each a document of its own: memory stays flat (P5).

Typst sets all pages of a document at once. A piece ends where a page ends: its last page, which is
rarely full, is left out, and what stood on it begins the next piece.
"""

import json
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Literal

import typst
from django.utils.translation import gettext as _

from emailketing.common.plain import Entry
from emailketing.content import glyphs
from emailketing.content.typeset import NotTypeset, typesetting

LAYOUT = Path(__file__).with_name("sheet.typ")
FORGOTTEN_AFTER = 11  # documents later, Typst lets go of what it keeps of one
PICTURE_PPI = 100.0
Form = Literal["pdf", "png"]


class PdfFailed(Exception):
    """The PDF cannot be made; one sentence says why."""


@dataclass(frozen=True, slots=True)
class PaperSetting:
    """How the pieces are set.

    Attributes:
        view: what a piece shows, of its entries, whether it is the first, and the last.
        most: entries of a piece.
        logo: as SVG.
        made_at: stands in the file, in seconds.
    """

    view: Callable[[list[Entry], bool, bool], Entry]
    most: int
    logo: str
    made_at: int


@dataclass(frozen=True, slots=True)
class Piece:
    """Some pages.

    Attributes:
        content: a PDF, or the pictures of its pages.
        full: how many of its first pages are taken; None: all.
        is_whole: nothing else is on the paper.
    """

    content: bytes | list[bytes]
    full: int | None
    is_whole: bool


def set_pieces(
    entries: Iterable[Entry], setting: PaperSetting, form: Form = "pdf"
) -> Iterator[Piece]:
    """Set one piece after the other.

    Raises:
        PdfFailed: it cannot be set.
    """
    left, ahead, is_first, is_last = iter(entries), list[Entry](), True, False
    while not is_last:
        ahead += islice(left, max(0, setting.most + 1 - len(ahead)))
        is_last = len(ahead) <= setting.most
        taken = ahead if is_last else _without_last_heading(ahead[: setting.most])
        document = _Document(setting.view(taken, is_first, is_last), setting)
        content = document.made(form, has_tags=is_first and is_last)
        full, begins_next = (None, len(ahead)) if is_last else document.cut(taken)
        yield Piece(content, full, is_first and is_last)
        ahead = [*_heading_again(ahead, begins_next), *ahead[begins_next:]]
        is_first = False
        if not is_last:
            del document
            _forget()


def _without_last_heading(taken: list[Entry]) -> list[Entry]:
    """A heading stands with the first row of its group."""
    return taken[:-1] if len(taken) > 1 and taken[-1]["kind"] == "group" else taken


def _heading_again(entries: list[Entry], cut: int) -> list[Entry]:
    """Return the heading of the group that goes on behind the cut."""
    if cut >= len(entries) or entries[cut]["kind"] == "group":
        return []
    return next(([one] for one in reversed(entries[:cut]) if one["kind"] == "group"), [])


class _Document:
    """One piece, as Typst has it."""

    def __init__(self, view: Entry, setting: PaperSetting) -> None:
        self.made_at = setting.made_at
        signs = glyphs.unusual(view)
        view = glyphs.replaced(view, glyphs.lost(signs)) if signs else view
        with _failing():
            self.compiler = typst.Compiler(
                LAYOUT,
                root=LAYOUT.parent,
                font_paths=glyphs.fonts(with_the_machines=bool(signs)),
                ignore_system_fonts=True,
                sys_inputs={"data": json.dumps(view), "logo": setting.logo},
            )

    def made(self, form: Form, *, has_tags: bool) -> bytes | list[bytes]:
        with _failing():
            made = self.compiler.compile(
                format=form, ppi=PICTURE_PPI, timestamp=self.made_at, pdf_tags=has_tags
            )
        return made or b""

    def cut(self, taken: list[Entry]) -> tuple[int | None, int]:
        """Return how many pages are full, and the number of the entry that begins the next."""
        told = json.loads(self.compiler.query("<cut>", field="value", one=True))
        pages, first = int(told["pages"]), int(told["first"])
        if pages == 1:
            return None, len(taken)
        return pages - 1, first - 1 if taken[first - 1]["kind"] == "group" else first


def _forget() -> None:
    """Have Typst let go of the piece before: it keeps what it set for as many documents."""
    for _number in range(FORGOTTEN_AFTER):
        typst.compile(b" ", format="pdf", ignore_system_fonts=True, pdf_tags=False)


@contextmanager
def _failing() -> Iterator[None]:
    try:
        with typesetting():
            yield
    except NotTypeset as error:
        sentence = _("The report cannot be set on paper: %(why)s.")
        raise PdfFailed(sentence % {"why": error}) from error
