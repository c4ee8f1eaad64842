"""Tryton, the SMTP far side and our own installation: started once, shared by the proofs."""

import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import NamedTuple

import pytest

from tests.tryton.erp import Erp, Operator, new_erp
from tests.tryton.house import House, new_house
from tests.tryton.relay import Relay, new_relay

SOURCE = "tryton"


class Laboratory(NamedTuple):
    folder: Path
    server: str
    template: str


class Station(NamedTuple):
    """A Tryton that eMailketing is attached to, with an operator signed in."""

    slug: str
    erp: Erp
    ana: Operator
    house: House
    relay: Relay


@pytest.fixture(scope="session")
def laboratory() -> Laboratory:
    folder = os.environ.get("EMAILKETING_TEST_TRYTON")
    if not folder:
        pytest.skip("needs the private Tryton of `make test` (tools/lab.py start tryton)")
    return Laboratory(
        Path(folder),
        os.environ["EMAILKETING_TEST_POSTGRES"],
        os.environ["EMAILKETING_TEST_TRYTON_TEMPLATE"],
    )


@pytest.fixture(scope="session")
def relay() -> Iterator[Relay]:
    program = os.environ.get("EMAILKETING_TEST_SMTP_SINK")
    if not program:
        pytest.skip("needs smtp-sink (apt-get install postfix)")
    with new_relay(program) as running:
        yield running


@pytest.fixture(scope="session")
def house(
    laboratory: Laboratory, relay: Relay, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[House]:
    with new_house(tmp_path_factory.mktemp("house"), laboratory.server, relay) as running:
        yield running


@pytest.fixture(scope="session")
def station_of(
    laboratory: Laboratory, house: House, relay: Relay
) -> Iterator[Callable[[str], Station]]:
    """Make one more Tryton and attach to it."""
    with ExitStack() as trytons:

        def make(slug: str, *, prepare: tuple[str, ...] = (), connector: str = SOURCE) -> Station:
            erp = trytons.enter_context(new_erp(*laboratory))
            erp.run(*prepare)
            operator = erp.begin_operator("ana")
            house.attach(erp, slug, connector=connector)
            operator.answer()
            return Station(slug, erp, operator, house, relay)

        yield make


@pytest.fixture(scope="session")
def station(station_of: Callable[[str], Station]) -> Station:
    return station_of(SOURCE)
