"""A backup restored in the ERP's place writes to nobody (issue 3, point 7; C20)."""

import os
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import psycopg
import pytest
from psycopg import sql

from tests.tryton.conftest import Station
from tests.tryton.erp import OWNER, drop
from tests.tryton.relay import wait_until
from tests.tryton.test_mails import confirm, label, the_only_mail

pytestmark = [pytest.mark.tryton, pytest.mark.smtpsink, pytest.mark.slow]


def program(name: str) -> str:
    found = shutil.which(name) or next(
        (str(path) for path in sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"))[-1:]), ""
    )
    assert found, f"{name} is part of PostgreSQL"
    return found


def restore_in_its_place(station: Station, dump: Path) -> None:
    """Do what an administrator does after a disk failure, or who wants last week's data back."""
    server = station.erp.server
    place = psycopg.conninfo.make_conninfo(server, dbname=station.erp.name)
    subprocess.run([program("pg_dump"), "-Fc", "-f", dump, place], check=True, env=os.environ)
    drop(server, station.erp.name)
    with psycopg.connect(server, autocommit=True) as root:
        make = sql.SQL("CREATE DATABASE {} OWNER {} TEMPLATE template0")
        root.execute(make.format(sql.Identifier(station.erp.name), sql.Identifier(OWNER)))
    subprocess.run([program("pg_restore"), "-d", place, dump], check=True, env=os.environ)


def test_a_restored_copy_of_the_erp_writes_to_nobody_until_it_is_confirmed(
    station_of: Callable[[str], Station], tmp_path: Path
) -> None:
    station = station_of("restored")
    the_only_mail(station, confirm(station))
    station.erp.sign_out()
    station.house.stop_worker()  # or it would wait longer and longer for the database to be back
    restore_in_its_place(station, tmp_path / "erp.dump")
    station.house.start_worker()
    again = station._replace(ana=station.erp.operator("ana"))
    shown = confirm(again)

    def state() -> list[tuple[str, str]]:
        return station.house.messages(label(shown), station.slug)

    wait_until(lambda: state() == [("ventas@nanduti.test", "accepted")], 60)
    assert station.relay.about(shown["number"]) == []
    redirected = """SELECT m.is_redirected FROM outbox_message m JOIN outbox_dispatch d
                    ON d.id = m.dispatch_id WHERE d.document_label = '{}'"""
    (row,) = station.house.rows(redirected.format(label(shown)))
    assert row[0]
    inbox = "SELECT count(*) FROM channels_inboxmessage WHERE subject LIKE '%{}%'"
    assert station.house.rows(inbox.format(shown["number"])) == [(1,)]
