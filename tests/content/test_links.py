"""Looking for the names first finds what the whole pattern finds, nothing more and nothing less."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from emailketing.content.links import LINK, links_in, wrong_link

PIECES = ("href", "SRC", "background", "action", "xhref", "=", " ", "\n", '"', "'", "a", "é", ">")


@given(st.lists(st.sampled_from(PIECES), max_size=40))
def test_every_link_is_found_once_as_by_the_pattern_alone(pieces: list[str]) -> None:
    page = "".join(pieces).encode()
    found = [(one.span(), one["name"]) for one in links_in(page)]
    assert found == [(one.span(), one["name"]) for one in LINK.finditer(page)]


@pytest.mark.parametrize(
    "page",
    [
        "<p>é</p><a HREF = 'javascript:x'>ñ</a>",
        '<a title="href" href="java&#10;script:x">x</a>',
        '<img src="https://x.example/a.png">',
        '<td background="http://x.example">',
        '<a href="data:é">x</a>',
    ],
)
def test_s16_a_link_that_no_mail_may_hold_is_found_among_other_letters(page: str) -> None:
    assert wrong_link(page)
    assert not wrong_link(page.replace("href", "hr3f").replace("HREF", "x").replace("=", "-"))
