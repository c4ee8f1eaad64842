"""M1: segments are counted by the rule, and what is counted is what is sent."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from emailketing.channels.segments import TooLong
from emailketing.channels.sms.encoding import (
    EACH,
    EXTENSION,
    GSM,
    SINGLE,
    decoded,
    encoded,
    encoding_of,
    measure,
    parts,
    to_plain,
    wire_text,
)

ANY = st.text(max_size=800)
GSM_ONLY = st.text(st.sampled_from(sorted(GSM)), max_size=800)
TWO_PLACES = st.text(st.sampled_from("a€я😀ñ"), max_size=500)

CASES = {
    "160 a": ("a" * 160, "gsm7", 1, 0),
    "161 a": ("a" * 161, "gsm7", 2, 145),
    "80 euro": ("€" * 80, "gsm7", 1, 0),
    "81 euro": ("€" * 81, "gsm7", 2, 143),
    "euro on the edge": ("a" * 152 + "€" + "a" * 152, "gsm7", 3, 152),
    "70 cyrillic": ("я" * 70, "ucs2", 1, 0),
    "71 cyrillic": ("я" * 71, "ucs2", 2, 63),
    "35 emoji": ("😀" * 35, "ucs2", 1, 0),
    "36 emoji": ("😀" * 36, "ucs2", 2, 61),
    "emoji on the edge": ("я" * 66 + "😀" + "я" * 66, "ucs2", 3, 66),
    "no-break space": ("a" * 100 + "\xa0", "gsm7", 1, 59),
    "cedilla": ("ça va " * 27, "ucs2", 3, 39),
    "curly quotes": ("It’s 10 o’clock " + "a" * 60, "ucs2", 2, 58),
    "section sign": ("§" * 10, "gsm7", 1, 150),
    "backtick": ("`" * 10, "ucs2", 1, 60),
    "n with tilde": ("ñ" * 160, "gsm7", 1, 0),
    "a with acute": ("á" * 71, "ucs2", 2, 63),
    "n with a combining tilde": ("n\u0303" * 160, "gsm7", 1, 0),
    "nothing": ("", "gsm7", 1, 160),
}


@pytest.mark.parametrize("case", CASES)
def test_segments_are_counted_by_the_rule(case: str) -> None:
    text, encoding, segments, left = CASES[case]

    found = measure(text)

    assert (found.encoding, found.segments, found.left) == (encoding, segments, left)


@given(ANY | GSM_ONLY | TWO_PLACES, st.booleans())
def test_the_parts_joined_are_the_text(text: str, plain: bool) -> None:
    cut = parts(wire_text(text, plain=plain), reference=7)

    assert "".join(part.text for part in cut) == wire_text(text, plain=plain)


@given(ANY | GSM_ONLY | TWO_PLACES, st.booleans())
def test_what_is_measured_is_what_is_sent(text: str, plain: bool) -> None:
    counted, cut = measure(text, plain=plain), parts(wire_text(text, plain=plain))

    assert counted.segments == len(cut)
    assert {part.encoding for part in cut} == {counted.encoding}
    width = 2 if counted.encoding == "ucs2" else 1
    room = SINGLE[counted.encoding] if len(cut) == 1 else EACH[counted.encoding]
    assert counted.characters == sum(len(part.data) for part in cut) // width
    assert counted.left == room - len(cut[-1].data) // width >= 0


@given(ANY | GSM_ONLY | TWO_PLACES)
def test_no_part_is_larger_than_the_network_takes(text: str) -> None:
    for number, part in enumerate(cut := parts(text, reference=300), start=1):
        assert part.octets <= 140
        assert not part.data.endswith(b"\x1b") or part.encoding == "ucs2"
        if len(cut) > 1:
            assert part.header == bytes([5, 0, 3, 300 % 256, len(cut), number])
        else:
            assert part.header == b""


@given(TWO_PLACES)
def test_nothing_that_takes_two_places_is_cut_in_two(text: str) -> None:
    for part in parts(text):
        if part.encoding == "ucs2":
            part.data.decode("utf-16-be")  # half of a pair would raise
        assert "\ufffd" not in part.text


def test_a_full_part_fills_140_octets() -> None:
    assert [part.octets for part in parts("a" * 306)] == [140, 140]
    assert [part.octets for part in parts("я" * 134)] == [140, 140]
    assert [part.octets for part in parts("a" * 160)] == [140]


def test_every_letter_of_the_alphabet_comes_back() -> None:
    alphabet = "".join(GSM)

    assert len(GSM) == 127 + len(EXTENSION)
    assert decoded(encoded(alphabet, "gsm7"), "gsm7") == alphabet


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("Señor Núñez: está listo", "Senor Nunez: esta listo"),
        ("ẽ ỹ g̃ Ĩ ũ mba’e", "e y g I u mba'e"),
        ("„Angebot“ – “oferta” …", '"Angebot" - "oferta" ...'),
        ("€ 10 ¿ya? ¡Sí! ß", "€ 10 ¿ya? ¡Si! ß"),
        ("ação, ç, Ç", "acao, c, C"),
        ("N° 12 · ₲ 5.000", "No 12 - Gs 5.000"),
        ("½ ﬁn", "1/2 fin"),
        ("Жук 😀", "Жук 😀"),
    ],
)
def test_plain_writes_without_accents(text: str, plain: str) -> None:
    assert to_plain(text) == plain


def test_plain_halves_what_an_accent_doubles() -> None:
    text = "Su vehículo cargó 40 litros de Gasoil Podium en Estación Ñemby. " * 2

    assert measure(text).segments == 2
    assert measure(text, plain=True).segments == 1


def test_a_text_that_stays_in_the_large_alphabet_keeps_its_accents() -> None:
    assert measure("cumpleaños feliz 🎂", plain=True).encoding == "ucs2"
    assert wire_text("cumpleaños feliz 🎂", plain=True) == "cumpleaños feliz 🎂"


@given(ANY)
def test_plain_never_costs_more_places_than_it_can_say(text: str) -> None:
    assert measure(text, plain=True).segments <= max(
        measure(text).segments, measure(to_plain(wire_text(text))).segments
    )
    assert encoding_of(wire_text(text, plain=True)) == measure(text, plain=True).encoding


def test_control_characters_and_half_an_emoji_do_not_reach_the_wire() -> None:
    assert parts("a\0b\x1bc\td\r\ne\ud83d")[0].text == "abc d\ne?"


def test_more_parts_than_a_phone_can_join_are_refused_in_words() -> None:
    assert len(parts("a" * 153 * 255)) == 255
    with pytest.raises(TooLong, match="256"):
        parts("a" * (153 * 255 + 1))
    assert measure("a" * (153 * 255 + 1)).segments == 256
