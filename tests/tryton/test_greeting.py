"""A birthday that a module of the company's own keeps in Tryton: by connector files alone (O1, O2).

The shipped connector is copied, one file is added and three lines say so, as
docs/howto/attach-tryton.md tells it.
"""

import re
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from emailketing.sources.connectors import shelf
from tests.journeys.test_signed_page import URL, known_address
from tests.triggers.occasions.where import Where, zone
from tests.tryton.conftest import Station
from tests.tryton.house import House
from tests.tryton.relay import wait_until

pytestmark = [pytest.mark.tryton, pytest.mark.smtpsink]
GUIDE = Path(__file__).resolve().parents[2] / "docs/howto/attach-tryton.md"
SLUG, CONNECTOR = "cumple", "tryton-cumple"
GREETED, LATER = "Transportes del Chaco S.A.", "Distribuidora Ñandutí S.A."
LOOKED = "SELECT max(done_at) FROM company_stepstate WHERE name = 'occasions'"
MODULE = "ALTER TABLE party_party ADD fecha_nacimiento date"  # what its update of the database does


def add_birthdays(connectors: Path) -> None:
    """Do what the guide says, with its own words."""
    folder = connectors / CONNECTOR
    shutil.copytree(shelf.SHIPPED / "tryton", folder)
    section = GUIDE.read_text().partition("## Birthdays")[2]
    query, added, label = re.findall(r"```(?:sql|toml)\n(.+?)```", section, re.DOTALL)[:3]
    (folder / "party_dates.sql").write_text(query)
    written = folder / "connector.toml"
    text = written.read_text()
    after = 'addresses = "party_addresses.sql"\n'
    assert text.count(after) == 1
    written.write_text(text.replace(after, after + added) + "\n" + label)


def born(station: Station, name: str, day: str) -> None:
    station.erp.run(
        f"UPDATE party_party SET fecha_nacimiento = '{day}' WHERE name = '{name}'"  # noqa: S608 - test data
    )


def contact(station: Station, name: str) -> str:
    wait_until(lambda: station.house.rows(_of(station, name)))
    ((number,),) = station.house.rows(_of(station, name))
    return str(number)


def _of(station: Station, name: str) -> str:
    return f"""SELECT id FROM contacts_contact
               WHERE source = '{station.slug}' AND name = '{name}'"""  # noqa: S608 - test data


def greetings(station: Station) -> list[str]:
    return [mail.to for mail in station.relay.mails() if "Feliz cumpleaños" in mail.subject]


def tell(house: House, statement: str) -> None:
    connection = house.connect()
    connection.execute(statement)
    connection.close()


def look_at_once(house: House) -> None:
    """Stop the worker and begin it again, without the minute between two looks."""
    house.stop_worker()
    tell(house, "UPDATE company_stepstate SET next_at = NULL")
    house.start_worker()


def days_done(station: Station) -> int:
    return len(station.house.rows("SELECT id FROM occasions_greetingday WHERE state = 'done'"))


def test_o1_o2_a_birthday_of_tryton_arrives_at_nine_there_once_also_after_a_restart(
    house: House, station_of: Callable[..., Station]
) -> None:
    where = Where.now()
    add_birthdays(house.home / "connectors")
    station = station_of(SLUG, prepare=(MODULE,), connector=CONNECTOR)
    tell(house, known_address())
    house.run("public-address", "set", URL)
    house.run("brand", "set", "--name", "Estación del Sur", "--address", "Ruta 1, km 40, Itá")
    born(station, GREETED, f"1980-{where.today:%m-%d}")
    born(station, LATER, f"1975-{where.today:%m-%d}")
    for name, hours in ((GREETED, where.nine), (LATER, where.closed)):
        house.run("contact", "wishes", contact(station, name), "--time-zone", zone(hours))
    dates = "SELECT id FROM contacts_persondate WHERE kind = 'birth' AND month IS NOT NULL"
    wait_until(lambda: len(house.rows(dates)) == 2)
    house.run("occasion", "add", "Cumpleaños", "--from", "birthday", "delivery=email")
    house.run("occasion", "resume", "1")
    look_at_once(house)
    wait_until(lambda: greetings(station))
    (mail,) = (one for one in station.relay.mails() if "Feliz cumpleaños" in one.subject)
    assert "Lourdes Ayala" in mail.text  # whose address it is
    assert mail.message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"

    wait_until(lambda: days_done(station))
    born(station, GREETED, f"1981-{where.today:%m-%d}")  # put right afterwards (O7)
    before = house.rows(LOOKED)
    look_at_once(house)
    wait_until(lambda: house.has_read(SLUG, station.erp) and house.rows(LOOKED) != before)
    house.run("occasion", "pause", "1")
    assert greetings(station) == ["compras@chaco.test"]
