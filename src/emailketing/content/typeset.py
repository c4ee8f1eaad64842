"""What Typst is asked for in one way: a picture, and why it could not set what it was given."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

import typst

PPI = 144.0  # twice what is shown: sharp on phones
MADE_AT = datetime(2000, 1, 1, tzinfo=UTC)  # stands in the file: the same picture, the same bytes
LONGEST_REASON = 200
PictureForm = Literal["png", "svg"]


class NotTypeset(Exception):
    """Typst cannot set it: the first line of what it says."""


@contextmanager
def typesetting() -> Iterator[None]:
    """Let Typst work.

    Raises:
        NotTypeset: it cannot.
    """
    try:
        yield
    except (RuntimeError, ValueError) as error:  # TypstError is a RuntimeError
        why = str(getattr(error, "message", error)).splitlines()[0][:LONGEST_REASON]
        raise NotTypeset(why) from error


def draw_picture(
    layout: Path,
    inputs: Mapping[str, str],
    *,
    root: Path | None = None,
    fonts: typst.Fonts | None = None,
    form: PictureForm = "png",
) -> bytes:
    """Return a layout of one page as a picture.

    Args:
        layout: a Typst file.
        inputs: what it is given.
        root: the folder out of which it sees nothing; its own.
        fonts: none where it writes nothing.
        form: of the picture.

    Raises:
        NotTypeset: it cannot be set.
    """
    with typesetting():
        made: bytes = typst.compile(
            layout,
            root=root or layout.parent,
            font_paths=fonts or [],
            ignore_system_fonts=True,
            format=form,
            ppi=PPI if form == "png" else None,
            sys_inputs=dict(inputs),
            timestamp=MADE_AT,
        )
    return made
