"""A text encoded piece by piece is, byte for byte, the text encoded as a whole."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from emailketing.channels.email.compose import MailInvalid, quoted_printable
from emailketing.channels.email.quoted_pieces import QuotedPieces

ENDS = ("\n", "\r\n", "\r", " ", "\t", ".", "=", "x" * 74, "y" * 75, "ñ", "中", "<br>", "hola", "")
pieces = st.lists(
    st.lists(st.one_of(st.sampled_from(ENDS), st.text(st.characters(exclude_categories=["Cs"]))))
    .map("".join),
    min_size=1,
    max_size=6,
)  # fmt: skip
values = st.text("aé中 .,;:()@+-", max_size=90).map(lambda text: "a" + " ".join(text.split()))


@given(pieces, st.lists(st.lists(values, min_size=5, max_size=5), min_size=1, max_size=3))
def test_the_bytes_are_those_of_the_whole_text_for_every_recipient(
    pieces: list[str], recipients: list[list[str]]
) -> None:
    quoted = QuotedPieces(pieces)
    for given_values in recipients:
        put = given_values[: len(pieces) - 1]
        whole = "".join(map("".join, zip(pieces, [*put, ""], strict=True)))
        assert quoted.filled(put) == quoted_printable(whole)


@pytest.mark.parametrize("begun", range(78))
def test_in_whatever_column_a_value_begins_the_lines_break_where_they_did(begun: int) -> None:
    pieces = ["-" * begun, "\n", "ñ. Su cuenta está al día" + "=" * begun + " ", ".\n"]
    quoted = QuotedPieces(pieces)
    for name in ("n", "né", "n" * 20, "n" * (75 - begun % 75), "n" * 160, "né" * 30):
        whole = "".join(map("".join, zip(pieces, [name, name, name, ""], strict=True)))
        assert quoted.filled([name, name, name]) == quoted_printable(whole)


def test_half_a_sign_is_refused_as_in_the_whole_text() -> None:
    with pytest.raises(MailInvalid):
        QuotedPieces(["a", "\ud800"])
