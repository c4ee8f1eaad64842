"""Who changed a price, who deleted a party: told in the business's own words (issue: audit)."""

import pytest

from tests.tryton.conftest import Station
from tests.tryton.relay import wait_until

pytestmark = [pytest.mark.tryton, pytest.mark.smtpsink]
AUDITOR = "auditoria@estacion.test"


@pytest.fixture(scope="module", autouse=True)
def rules(station: Station) -> None:
    for process, template in (
        ("record_changed", "record-changed"),
        ("record_deleted", "record-deleted"),
    ):
        station.house.run(
            *("rule", "add", process, "--source", station.slug, "--process", process),
            *("--template", template, "--to", AUDITOR, "--repeat", "every", "--active"),
        )


def told(station: Station, words: str) -> str:
    """Wait for the mail to the auditor that has these words; return its text."""

    def found() -> list[str]:
        texts = [mail.text for mail in station.relay.mails() if mail.to == AUDITOR]
        return [text for text in texts if words in text]

    wait_until(lambda: bool(found()))
    (text,) = found()
    return text


def test_a_changed_price_is_told_with_before_and_after(station: Station) -> None:
    station.ana.ask(
        "rename", model="product.template", name="Aceite 15W40 × 4 L", list_price="195500"
    )
    text = told(station, "195.500")
    assert "189.000" in text
    assert "Ana Benítez" in text
    assert "Precio de venta" in text


def test_a_deleted_party_is_told_with_what_it_held(station: Station) -> None:
    """Its addresses go with it: one mail, not one for each."""
    station.ana.ask("forget", model="party.party", name="Cargada dos veces S.A.")
    text = told(station, "Cargada dos veces S.A.")
    for address in ("uno@borrar.test", "dos@borrar.test"):
        assert address in text
