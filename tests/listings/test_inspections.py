"""The sample company's inspections: each vehicle once, whose it is, and when it is due."""

import pytest

from tests.listings.station_books import StationBooks

pytestmark = pytest.mark.django_db


def test_each_vehicle_whose_inspection_is_due_is_listed_with_its_owner(
    station: StationBooks,
) -> None:
    vehicles = [one for one in station.key("vehiculo").values() if one["activo"]]
    rows = station.ask("inspections_due")
    assert {row["plate"] for row in rows} == {one["chapa"] for one in vehicles}
    owners = {one["chapa"]: f"customer:{one['cliente_id']}" for one in vehicles}
    assert {row["plate"]: row["_contact"] for row in rows} == owners
    due = [str(row["due"]) for row in rows]
    assert due == sorted(due)
