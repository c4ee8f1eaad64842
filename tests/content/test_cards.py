"""A card: what it says, that it can be drawn whatever the name is, and how a mail carries it."""

import io
import struct
from dataclasses import replace

import pytest
from django.utils import translation
from PIL import Image

from emailketing.channels.sms.encoding import measure
from emailketing.content.card.card import DESIGNS, Card, card_address, greets, taken_cards
from emailketing.content.card.draw import MOST_BYTES, draw_card
from emailketing.content.card.palette import STRONG, palette
from emailketing.content.card.picture import HEIGHT, WIDTH
from emailketing.content.colours import WHITE, contrast
from emailketing.content.compile import Compiled, CompileFailed, compile_revision
from emailketing.content.logo import starter_logo
from emailketing.content.look import BrandLook
from emailketing.content.render import Rendered, render
from emailketing.content.samples import sample_data
from emailketing.content.starters import channel_of, starter_texts, starters

LOOK = BrandLook(name="Estación Itá", logo=starter_logo("Estación Itá"), logo_type="image/png")
GREETINGS = [slug for slug, one in starters().items() if one.document_type == "greeting"]
# point 11 of the issue: what a name may be
NAMES = {
    "eighty letters": "María del Carmen Concepción Benítez Villalba de González Echeverría Ocampo",
    "one word": "A" * 80,
    "guaraní": "Mitãkuñaʼi Ñandejára Tupãsỹ ag̃a",
    "emoji": "Rosa 🎂🎉",
    "arabic": "محمد الأمين",
    "empty": "",
    "quotes": 'Rosa "la Nena" O\'Higgins <b> & Cía. \\ {{ x }} #panic()',
}


def compiled(body: str, *, language: str = "es", style: str = "simple") -> Compiled:
    return compile_revision(
        subject="s", preheader="", body=body, style=style, brand=LOOK, language=language
    )


def mail(body: str, *, language: str = "es", style: str = "simple") -> Rendered:
    data = sample_data("greeting", language)
    return render(compiled(body, language=language, style=style), data, language=language)


@pytest.mark.parametrize(
    ("words", "name", "sentence"),
    [
        ("¡Feliz cumpleaños!", "Ana", "¡Feliz cumpleaños, Ana!"),
        ("Feliz Navidad", "Ana", "Feliz Navidad, Ana."),
        ("Thank you.", "Ana", "Thank you, Ana."),
        ("Gracias…", "Ana", "Gracias, Ana…"),
        ("Gracias", "", "Gracias"),
        ("", "Ana", "Ana"),
    ],
)
def test_a_name_stands_where_it_is_said(words: str, name: str, sentence: str) -> None:
    assert greets(words, name) == sentence


def test_the_page_tells_its_cards_and_names_them_shortly() -> None:
    address = card_address("¡Gracias!", "thanks", "Ana & <Bob>")
    page, cards = taken_cards(f'<img src="cid:{address}"><img src="cid:{address}">')
    assert cards == (Card("thanks", "¡Gracias!", "Ana & <Bob>"),)
    assert page == f'<img src="cid:{cards[0].cid}"><img src="cid:{cards[0].cid}">'


@pytest.mark.parametrize("written", ["card.AAAA", "card.e30=", "card.WyJ4IiwgIiIsICIiXQ=="])
def test_an_address_written_by_hand_shows_nothing(written: str) -> None:
    assert taken_cards(f'<img src="cid:{written}">') == ('<img src="cid:">', ())


@pytest.mark.parametrize("design", DESIGNS)
def test_each_design_is_small_and_the_same_each_time(design: str) -> None:
    card = Card(design, "¡Feliz cumpleaños!", "Rosa Benítez")
    picture = draw_card(card, LOOK)
    draw_card.cache_clear()
    assert draw_card(card, LOOK).content == picture.content
    assert len(picture.content) <= MOST_BYTES
    assert struct.unpack(">II", picture.content[16:24]) == (2 * WIDTH, 2 * HEIGHT)
    assert (picture.alt, str(picture.lost)) == ("¡Feliz cumpleaños, Rosa Benítez!", "")


@pytest.mark.parametrize("name", NAMES.values(), ids=NAMES)
def test_no_name_stops_a_card(name: str) -> None:
    picture = draw_card(Card("birthday", "¡Feliz cumpleaños!", name), LOOK)
    assert len(picture.content) <= MOST_BYTES
    with Image.open(io.BytesIO(picture.content)) as drawn:
        edge = drawn.convert("RGB").crop((0, 300, 8, 500))  # words never run out of the card
        assert len(edge.getcolors() or []) == 1


def test_what_no_font_has_is_left_out_and_said() -> None:
    words, rune = "¡Feliz cumpleaños!", "\U000107f7"  # a place where no letter is
    assert "made without the name" in str(draw_card(Card("thanks", words, f"{rune}𐞀"), LOOK).lost)
    rosa = draw_card(Card("thanks", words, "Rosa"), LOOK)
    for name in (f"Rosa {rune}", f"Rosa {rune}\ufe0f", f"Rosa {rune}\u200d{rune}"):
        picture = draw_card(Card("thanks", words, name), LOOK)
        assert str(picture.lost) == f"The card leaves out {rune}: no font here has them."
        assert picture.content == rosa.content


@pytest.mark.parametrize("primary", ["#0f4c81", "#ffe600", "#ffffff", "#000000", "#e30613"])
def test_letters_can_be_read_in_every_brand(primary: str) -> None:
    colours = palette(replace(LOOK, primary_colour=primary, accent_colour=primary))
    assert contrast(colours["deep"], WHITE) >= STRONG
    assert contrast(colours["night"], WHITE) >= STRONG
    assert contrast(colours["deep"], colours["paper"]) >= STRONG * 0.9


def test_the_block_is_a_picture_with_its_sentence_in_both_parts() -> None:
    found = mail("[[card: birthday | ¡Feliz día!]]")
    assert found.cards == (Card("birthday", "¡Feliz día!", "Rosa Benítez"),)
    assert f'src="cid:{found.cards[0].cid}"' in found.html
    assert 'alt="¡Feliz día, Rosa Benítez!"' in found.html
    assert 'width="600"' in found.html
    assert "¡Feliz día, Rosa Benítez!" in found.text
    assert "background-color: #0f4c81" in found.html[found.html.index("cid:card") - 400 :]


def test_words_and_name_may_be_left_out_or_hold_values() -> None:
    with translation.override("es"):
        usual = str(DESIGNS["thanks"][1])
    assert mail("[[card: thanks]]").cards == (Card("thanks", usual, "Rosa Benítez"),)
    body = '[[card: anniversary | {{ recipient.years }} "años" | {{ recipient.name|upper }}]]'
    said = Card("anniversary", '7 "años"', "ROSA BENÍTEZ")
    assert mail(body).cards == (said,)
    page = "<mjml><mj-body><mj-section><mj-column>[[card: thanks | Gracias]]"
    page += "</mj-column></mj-section></mj-body></mjml>"
    assert mail(page, style="mjml").cards == (Card("thanks", "Gracias", "Rosa Benítez"),)


@pytest.mark.parametrize(
    ("block", "said"),
    [
        ("[[card: easter]]", "There are: birthday, christmas"),
        ("[[card: birthday | a | b | c]]", "Write a card as"),
        ("[[card: birthday | {% if recipient.name %}x{% endif %}]]", "no conditions"),
    ],
)
def test_a_wrong_block_says_how_it_is_written(block: str, said: str) -> None:
    with pytest.raises(CompileFailed, match=said):
        compiled(block, language="en")


@pytest.mark.parametrize("language", ["es", "en", "pt"])
@pytest.mark.parametrize("slug", [one for one in GREETINGS if channel_of(one) == "sms"])
def test_a_greeting_by_phone_is_one_message(slug: str, language: str) -> None:
    texts = starter_texts(slug, language)
    short = Compiled("", "", texts.body, texts.format)
    text = render(short, sample_data("greeting", language), language=language).text
    assert measure(text).segments == 1
