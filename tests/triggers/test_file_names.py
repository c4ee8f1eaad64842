"""What the attached document is called."""

from typing import Any

import pytest

from emailketing.common.document import as_document
from emailketing.triggers.notifications.firing.prepare import file_stem

CHANGES = [{"label": "Cantidad"}]


@pytest.mark.parametrize(
    ("more", "stem"),
    [
        ({}, "Orden-de-compra-OC-17"),
        ({"changes": CHANGES, "edition": "2"}, "Orden-de-compra-OC-17-v2"),
        ({"changes": CHANGES, "edition": "13"}, "Orden-de-compra-OC-17-v13"),
        ({"changes": [], "edition": "2"}, "Orden-de-compra-OC-17"),  # annulled, not changed
        ({"changes": CHANGES, "edition": "../2"}, "Orden-de-compra-OC-17"),
        ({"changes": CHANGES}, "Orden-de-compra-OC-17"),
    ],
)
def test_a_changed_order_says_so_in_the_name_of_its_file(more: dict[str, Any], stem: str) -> None:
    assert file_stem(as_document({"label": "Orden de compra OC-17", **more})) == stem


def test_a_number_of_45_signs_stays_whole_before_the_version() -> None:
    number = "018006956310010010000000122026112910123456789"
    document: dict[str, Any] = {"label": f"Factura {number}", "changes": CHANGES, "edition": "2"}
    assert file_stem(as_document(document)) == f"Factura-{number}-v2"
