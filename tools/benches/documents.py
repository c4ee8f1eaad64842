"""How many purchase orders of 30 lines become a PDF in a second, on one core."""

import time
from collections.abc import Iterator

from benches.pairs import Figure, Other, alternate
from emailketing.content.documents import make_pdf
from emailketing.content.look import BrandLook, look_of
from emailketing.content.samples import sample_data

LINES = 30
DOCUMENTS = 15


def figures() -> Iterator[Figure]:
    brand = look_of(None)
    short = Other(
        name="PDF of an order with 30 lines",
        versus="the same order with one line",
        measure=lambda: per_second(1, brand),
    )
    yield from alternate(lambda: per_second(LINES, brand), short, unit="PDF per second")


def per_second(lines: int, brand: BrandLook) -> float:
    data = sample_data("purchase_order", "es")
    known = data["document"]["lines"]
    data["document"]["lines"] = (known * lines)[:lines]
    began = time.perf_counter()
    for number in range(DOCUMENTS):
        data["document"]["number"] = f"OC-{number:07}"  # no document is made twice
        make_pdf("purchase-order", data, language="es", brand=brand)
    return DOCUMENTS / (time.perf_counter() - began)
