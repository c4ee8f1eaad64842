"""A day with all nine processes: each tells whom it should, by mail and phone, once."""

import os
import re
import signal
from collections import Counter

import pytest

from tests.journeys.nine import attach_with_all_rules, workers_of
from tests.journeys.quick import ask, messages
from tests.journeys.stage import Stage, wait_until

pytestmark = pytest.mark.slow
BOTH = {"email", "sms"}
# act of the day → kind of the event, and the channels it is told on
TOLD = {
    "orden_compra": ("purchase_order", {"email"}),
    "presupuesto": ("quotation", {"email"}),
    "orden_pago": ("payment_order", {"email"}),
    "cobro": ("collection", BOTH),
    "cierre_caja": ("cash_closing", BOTH),
    "cierre_ventas": ("sales_closing", BOTH),
    "venta_vehiculo": ("fuelling", BOTH),
    "modificacion": ("record_changed", {"email"}),
    "eliminacion": ("record_deleted", BOTH),
}
# these acts are one event each
EACH = {
    act: TOLD[act][0] for act in TOLD if act not in {"orden_compra", "modificacion", "eliminacion"}
}


def counted(stage: Stage) -> Counter[str]:
    """Return how many events of each kind there are."""
    return Counter(row["kind"] for row in ask(stage.database, "SELECT kind FROM events_event"))


def told(stage: Stage) -> dict[str, set[str]]:
    """Return on which channels each kind of event was told."""
    rows = ask(
        stage.database,
        "SELECT e.kind, m.channel FROM outbox_message m"
        " JOIN outbox_dispatch d ON d.id = m.dispatch_id JOIN events_event e ON e.id = d.event_id"
        " WHERE m.state = 'accepted'",
    )
    found: dict[str, set[str]] = {}
    for row in rows:
        found.setdefault(row["kind"], set()).add(row["channel"])
    return found


def a_day_of_nine(stage: Stage, *, kill: bool) -> None:
    attach_with_all_rules(stage)
    with stage.serving() as log:
        if kill:
            for pid in wait_until(lambda: workers_of(log)):
                os.kill(pid, signal.SIGKILL)
        acts = Counter(act["act"] for act in stage.play())
        assert set(TOLD) <= set(acts)
        wait_until(lambda: all(told(stage).get(kind, set()) >= on for kind, on in TOLD.values()))
        wait_until(lambda: all(counted(stage)[kind] == acts[act] for act, kind in EACH.items()))
        wait_until(lambda: all(row["state"] == "accepted" for row in messages(stage)))
    said = log.read_text()
    assert "Traceback" not in said
    assert not re.search(r"[\w.]+@[\w.]+\.(example|test)|\+595\d", said)
    # what the audit gathers may come while we stop: it waits, and is sent the next time
    sent = [row for row in messages(stage) if row["state"] == "accepted"]
    assert all(row["is_redirected"] for row in sent)  # S34: nobody has gone live
    assert all(counted(stage)[kind] == acts[act] for act, kind in EACH.items())
    inbox = ask(stage.database, "SELECT channel FROM channels_inboxmessage")
    assert Counter(row["channel"] for row in inbox) == Counter(row["channel"] for row in sent)


def test_nine_processes_on_sqlite_with_the_worker_killed_meanwhile(stage: Stage) -> None:
    a_day_of_nine(stage, kill=True)


@pytest.mark.postgres
def test_nine_processes_on_postgresql(postgres_stage: Stage) -> None:
    a_day_of_nine(postgres_stage, kill=False)
