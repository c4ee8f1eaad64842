"""The sample company's vehicles: whose inspection is due in a week is told, by command alone (O1).

The day is a column of a listing. Both vehicles of one owner stand in one mail; where it is not nine
yet, and whose day is another, nobody is told; a restart tells nobody twice.
"""

from datetime import timedelta

import pytest

from tests.journeys.greeting import Outside, at_once, company, outside, source
from tests.journeys.quick import ask, run_several
from tests.journeys.stage import Stage, wait_until
from tests.triggers.occasions.where import Where, zone

pytestmark = pytest.mark.slow
DAY = "day=listing:estacion.inspections_due:due-7"
OWNERS = """
    SELECT cliente_id AS owner, min(chapa) AS first, max(chapa) AS last FROM vehiculo
    WHERE activo = 1 GROUP BY cliente_id HAVING count(*) > 2 ORDER BY cliente_id
"""
DONE = "SELECT sweep FROM occasions_greetingday WHERE written > 0 AND state = 'done'"


def fall_due(stage: Stage, day: str, *plates: str) -> None:
    which = f" WHERE chapa IN ({', '.join(map(repr, plates))})" if plates else ""
    ask(stage.company, f"UPDATE vehiculo SET vence_inspeccion = '{day}'{which}")  # noqa: S608


def number_of(stage: Stage, owner: int) -> str:
    key = f"customer:{owner}"
    (found,) = ask(stage.database, f"SELECT id FROM contacts_contact WHERE key = '{key}'")  # noqa: S608
    return str(found["id"])


def places_of(stage: Stage, number: str) -> set[str]:
    whose = f"SELECT value FROM contacts_address WHERE contact_id = {number}"  # noqa: S608
    return {str(row["value"]) for row in ask(stage.database, whose)}


def serve_and_look(stage: Stage, out: Outside, sweep: int) -> None:
    """Run until the day was looked at so many times, as after ten minutes each."""
    at_once(stage)
    with stage.serving():
        wait_until(lambda: ask(stage.database, DONE) == [{"sweep": sweep}])
        wait_until(lambda: out.mail.received)
    ask(stage.database, "UPDATE occasions_greetingday SET next_at = began_at")


def only_this_one_is_told(out: Outside, places: set[str], *plates: str) -> None:
    (mail,) = out.mail.received
    assert mail.rcpt_to in places
    (subject,) = out.subjects_to(mail.rcpt_to)
    assert all(plate in subject for plate in plates)


def test_o1_whose_inspection_is_due_in_a_week_is_told_once(stage: Stage) -> None:
    where = Where.now()
    due = f"{where.today + timedelta(days=7):%Y-%m-%d}"
    fleet, other = ask(stage.company, OWNERS)[:2]
    fall_due(stage, "2126-01-01")
    fall_due(stage, due, fleet["first"], fleet["last"], other["first"])
    with outside() as out:
        run_several(stage, [*company(stage, out), *source(stage), ("live", "--yes", "--untried")])
        number, elsewhere = number_of(stage, fleet["owner"]), number_of(stage, other["owner"])
        run_several(
            stage,
            [
                ("contact", "wishes", number, "--time-zone", zone(where.nine)),
                ("contact", "wishes", elsewhere, "--time-zone", zone(where.closed)),
                ("occasion", "add", "Inspección", DAY, "of=plate", "way=email:greeting-inspection"),
                ("occasion", "resume", "1"),
                ("occasion", "read", "1"),
            ],
        )
        for sweep in range(2):  # the second after a restart
            serve_and_look(stage, out, sweep)
        only_this_one_is_told(out, places_of(stage, number), fleet["first"], fleet["last"])
