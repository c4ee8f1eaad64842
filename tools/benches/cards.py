"""How many cards are drawn in a second on one core, of names that are new and of one name."""

import time
from collections.abc import Iterator
from itertools import count

from benches.documents import per_second as papers_per_second
from benches.pairs import Figure, Other, alternate
from emailketing.content.card.card import DESIGNS, Card
from emailketing.content.card.draw import draw_card
from emailketing.content.logo import starter_logo
from emailketing.content.look import BrandLook

CARDS = 18
LOOK = BrandLook(name="Estación Itá", logo=starter_logo("Estación Itá"), logo_type="image/png")
_numbers = count()


def figures() -> Iterator[Figure]:
    paper = Other(
        name="cards of new names",
        versus="PDF of an order with one line",
        measure=lambda: papers_per_second(1, LOOK),
    )
    again = Other(
        name="cards of new names",
        versus="the same card again, as for people of one name",
        measure=lambda: cards_per_second(is_new=False),
    )
    for other in (paper, again):
        yield from alternate(lambda: cards_per_second(is_new=True), other, unit="cards per second")


def cards_per_second(*, is_new: bool) -> float:
    names = [f"Rosa Benítez {next(_numbers)}" if is_new else "Rosa Benítez" for _ in range(CARDS)]
    designs = list(DESIGNS)
    began = time.perf_counter()
    for number, name in enumerate(names):
        draw_card(Card(designs[number % len(designs)], "¡Feliz cumpleaños!", name), LOOK)
    return CARDS / (time.perf_counter() - began)
