"""What the program writes in a day is noted: every row once, by its whole key (C1, C8)."""

from collections import Counter

import pytest

from emailketing.sources.capture.base import RowChange, WatchedTable
from tests.legacy.program import ORDER, Line, Paper, Place, Program, at_once, in_turns
from tests.legacy.schema import KEYS
from tests.sources.capture.business import Site

IRON = (Line("VARILLA-8", "12.500", "1501.125"), Line("CEMENTO", "3", "62000"))


@pytest.fixture
def program(site: Site) -> Program:
    made = Program(site.business, site.dialect.name)
    made.create()
    made.written.clear()
    site.watch(*(WatchedTable(table, actor=_actor(table)) for table in KEYS))
    return made


def _actor(table: str) -> str | None:
    return None if table in {"CompDet", "contador"} else "usr"


def whole_key(change: RowChange) -> tuple[object, ...]:
    return tuple(change.key[name] for name in KEYS[change.table])


def orders_of_two_companies(program: Program) -> list[Place]:
    """The same number in two companies and two branches, all saved at the same time."""
    for empresa in ("01", "02"):
        at_once(program.party("Proveedor", empresa, "A10", Nombre="Acero S.A."))
        at_once(program.article(empresa, "VARILLA-8", "Varilla", "1501.125"))
        at_once(program.article(empresa, "CEMENTO", "Cemento", "62000"))
    keys = [(empresa, sucursal) for empresa in ("01", "02") for sucursal in ("01", "02")]
    places = [program.number(*key, ORDER) for key in keys]
    assert {place.numero for place in places} == {1}
    in_turns(*(program.new(place, Paper("A10", IRON)) for place in places))
    return places


def test_c1_every_row_is_noted_once_by_its_whole_key(site: Site, program: Program) -> None:
    first, *others = orders_of_two_companies(program)
    at_once(program.confirm(first), program.print_out(first), program.receive(first, 1, "2"))
    in_turns(*(program.save(place, Paper("A10", IRON[:1])) for place in others))
    at_once(program.annul(first), program.erase(others[0]), program.purge())
    at_once(program.send_off("5f3c1b9e-7d3a-4a0e-9b44-2f1f5b0a7c11", first, "flete@norte.example"))
    changes = site.take()
    noted = Counter((change.table, change.op, whole_key(change)) for change in changes)
    assert noted == Counter(row[1:4] for row in program.written)


def test_c4_lines_written_again_and_a_header_saved_equal(site: Site, program: Program) -> None:
    """Lines cannot be known to be equal in the trigger; the header's update writes nothing."""
    place, *_others = orders_of_two_companies(program)
    site.take()
    at_once(program.save(place, Paper("A10", IRON)))
    noted = Counter((change.table, change.op) for change in site.take())
    assert noted == {("CompDet", "D"): 2, ("CompDet", "I"): 2, ("bitacora", "I"): 1}


def test_c5_two_prices_that_differ_in_the_third_decimal_only(site: Site, program: Program) -> None:
    at_once(program.article("01", "VARILLA-8", "Varilla", "1501.125"))
    site.take()
    at_once(program.reprice("01", "VARILLA-8", "1501.126"))
    change = next(change for change in site.take() if change.table == "Articulo")
    assert (str((change.old or {})["precio"]), str((change.new or {})["precio"])) == (
        "1501.125",
        "1501.126",
    )
