"""Annulled before it was read: the supplier hears of the order and of its end, or of neither."""

# ruff: noqa: S608 - the tests write their own SQL

from itertools import product

import pytest

from emailketing.channels.models import Sender
from emailketing.company.models import Company
from emailketing.content.models import Template
from emailketing.content.save import Texts, save_revision
from emailketing.events.models import Event
from emailketing.outbox.models import Message
from emailketing.sources.connectors import ConnectorError, load
from emailketing.sources.models import DocumentState
from emailketing.triggers.notifications.firing.fire import drop_held, fire_due, release_held
from emailketing.triggers.notifications.models import Outcome, Rule
from emailketing.triggers.notifications.rules.save import save_rule
from tests.sources.shop import Shop, now

PROCESSES = """
[[documents.order.fields]]
path = "annulled"
label = "Anulado"
column = "anulado"
[[documents.order.fields]]
path = "received"
label = "Recibido"
column = "recibido"
[[documents.order.fields]]
path = "lines.description"
label = "Artículo"

# the end is written before the beginning: told in order all the same
[processes.order_annulled]
label = { es = "Pedido anulado", en = "Order annulled", pt = "Pedido anulado" }
document = "order"
follows = "order"
becomes = { field = "annulled", op = "eq", value = "1" }

[processes.order_changed]
label = "Pedido modificado"
document = "order"
follows = "order"
changed = [
  { path = "lines.description", label = "Artículo" },
  { path = "lines.quantity", label = "Cantidad" },
]

[processes.order_received]
label = "Pedido recibido"
document = "order"
follows = "order"
ends = false
becomes = { field = "received", op = "eq", value = "1" }

[processes.order]
"""
STEPS = {
    "confirm": "UPDATE pedido SET estado = 'confirmado' WHERE id = {key}",
    "draft": "UPDATE pedido SET estado = 'borrador' WHERE id = {key}",
    "annul": "UPDATE pedido SET anulado = 1 WHERE id = {key}",
    "take back": "UPDATE pedido SET anulado = 0 WHERE id = {key}",
    "change": "UPDATE renglon SET cantidad = cantidad + 1 WHERE pedido = {key}",
}
pytestmark = pytest.mark.django_db
ALWAYS = Rule.Repeat.EVERY


@pytest.fixture
def shop_with_flag(shop: Shop) -> Shop:
    """Give a shop that annuls with a flag of its own: the state stays as it was."""
    for column in ("anulado", "recibido"):
        shop.run(f"ALTER TABLE pedido ADD COLUMN {column} integer DEFAULT 0")
    shop.connector("[processes.order]\n", PROCESSES)
    flags = "SELECT o.anulado AS annulled, o.recibido AS received, o.numero AS number"
    shop.connector("SELECT o.numero AS number", flags, "order.sql")
    return shop


@pytest.fixture
def told_shop(shop_with_flag: Shop) -> Shop:
    """Give one whose orders, changes and annulments are told to the client."""
    Company.objects.update_or_create(pk=1, defaults={"language": "en", "name": "Tienda"})
    shop_with_flag.attach()
    Sender.objects.create(name="Avisos", from_address="a@shop.example", host="smtp.example")
    for process in ("order", "order_changed", "order_annulled", "order_received"):
        rule_for(shop_with_flag, process)
    return shop_with_flag


def rule_for(shop: Shop, process: str) -> Rule:
    template = Template.objects.create(slug=process, name=process, document_type="order")
    texts = Texts(subject="{{ document.label }}", preheader="", body="Hola", format="simple")
    for language in ("es", "en", "pt"):
        save_revision(template, language=language, texts=texts, sample=None, by="t", now=now())
    rule = Rule(
        name=process, source=shop.source, process=process, is_active=True,
        recipients=[{"kind": "party", "usage": "pedidos"}], attach_document=False,
        repeat=ALWAYS if process == "order_changed" else Rule.Repeat.ONCE, flood_limit=500,
    )  # fmt: skip
    rule.template = template
    return save_rule(rule, by="t", now=now())


def write_order(shop: Shop, key: int, state: str = "borrador") -> None:
    columns = "id, numero, estado, cliente, fecha, total, nota, usuario"
    shop.run(
        "BEGIN",
        f"INSERT INTO pedido ({columns}) VALUES"
        f" ({key}, 'P-{key}', '{state}', 1, '2026-11-24', 9, '', 'ana')",
        f"INSERT INTO renglon VALUES ({key}0, {key}, 'Yerba', 1, 20000)",
        "COMMIT",
    )


def read(shop: Shop) -> None:
    shop.pull()


def work(shop: Shop) -> None:
    shop.pull()
    fire()


def fire() -> None:
    while fire_due(now()):
        pass


def off(shop: Shop) -> None:
    del shop


def told(key: int = 1) -> list[str]:
    """Return what the client was told of this order, in order."""
    events = {event.pk: event for event in Event.objects.filter(document_key=str(key))}
    messages = Message.objects.order_by("pk").select_related("dispatch")
    return [
        events[message.dispatch.event_id].kind
        for message in messages
        if message.dispatch.event_id in events
    ]


def why_not(kind: str) -> str:
    return Outcome.objects.get(event__kind=kind, rule__process=kind).detail


def play(shop: Shop, key: int, steps: tuple[str, ...], turns: tuple[str, ...]) -> None:
    """Play one order; after each step the worker is off, only reads, or also tells."""
    write_order(shop, key)
    for step, turn in zip(steps, turns, strict=True):
        shop.run(STEPS[step].format(key=key))
        {"off": off, "read": read, "on": work}[turn](shop)
    work(shop)


def is_consistent(shop: Shop, key: int) -> bool:
    """Whether the client knows of the order what is so: nothing, or the last of all."""
    heard = told(key)
    for before, after in zip(["order_annulled", *heard], heard, strict=False):
        if (after == "order") is not (before == "order_annulled"):
            return False
    ((state, is_annulled, quantity),) = shop.rows(
        "SELECT estado, anulado, cantidad FROM pedido JOIN renglon ON pedido = pedido.id"
        f" WHERE pedido.id = {key}"
    )
    if is_annulled:
        return not heard or heard[-1] == "order_annulled"
    if state == "borrador":
        return not heard or heard[-1] != "order_annulled"
    last = Event.objects.filter(document_key=str(key), kind__in=heard).latest("pk")
    same = float(last.data["document"]["lines"][0]["quantity"]) == float(quantity)
    return bool(heard) and heard[-1] != "order_annulled" and same


@pytest.mark.parametrize(
    "steps",
    [
        ("confirm", "annul"),
        ("annul", "confirm"),
        ("confirm", "annul", "take back"),
        ("confirm", "change", "annul"),
        ("confirm", "annul", "change"),
    ],
)
def test_with_the_worker_stopped_at_any_point_it_is_nothing_or_both(
    told_shop: Shop, steps: tuple[str, ...]
) -> None:
    """C16: each step is played with the worker off, only reading, or also telling after it."""
    wrong = []
    for key, turns in enumerate(product(("off", "read", "on"), repeat=len(steps)), 1):
        play(told_shop, key, steps, turns)
        if not is_consistent(told_shop, key):
            wrong.append((turns, told(key)))
    assert wrong == []


def test_annulled_and_taken_back_again_and_again(told_shop: Shop) -> None:
    steps = ("confirm", "annul", "take back", "annul", "take back")
    wrong = []
    for key, turns in enumerate(product(("off", "on"), repeat=len(steps)), 1):
        play(told_shop, key, steps, turns)
        if not is_consistent(told_shop, key):
            wrong.append((turns, told(key)))
    assert wrong == []


def test_what_began_and_ended_unseen_is_told_to_nobody_and_says_so(told_shop: Shop) -> None:
    play(told_shop, 1, ("confirm", "annul"), ("off", "off"))
    assert told() == []
    assert [event.kind for event in told_shop.events()] == ["order", "order_annulled"]
    assert "Order annulled" in why_not("order")
    assert "nobody has been told" in why_not("order_annulled")


def test_a_sequel_that_ends_nothing_is_told_after_its_beginning(told_shop: Shop) -> None:
    write_order(told_shop, 1, state="confirmado")
    told_shop.run("UPDATE pedido SET recibido = 1")
    work(told_shop)
    assert told() == ["order", "order_received"]


def test_what_was_annulled_before_we_came_is_told_when_it_holds_again(
    shop_with_flag: Shop,
) -> None:
    shop = shop_with_flag
    write_order(shop, 1, state="confirmado")
    write_order(shop, 2, state="confirmado")
    shop.run("UPDATE pedido SET anulado = 1 WHERE id = 1")
    shop.attach()
    assert shop.pull() == []
    shop.run("UPDATE pedido SET anulado = 0, nota = 'vale'")
    assert [(event.kind, event.document_key) for event in shop.pull()] == [("order", "1")]


def test_an_annulled_order_is_not_told_to_be_changed(told_shop: Shop) -> None:
    play(told_shop, 1, ("confirm", "annul", "change", "change"), ("on",) * 4)
    assert told() == ["order", "order_annulled"]
    told_shop.run(STEPS["take back"].format(key=1))
    work(told_shop)
    assert told() == ["order", "order_annulled", "order"]
    state = DocumentState.objects.get(process="order", document_key="1")
    assert (state.is_true, state.life) == (True, 1)


def test_an_urgent_end_is_not_told_before_its_beginning(told_shop: Shop) -> None:
    Rule.objects.filter(process__in=["order_changed", "order_received"]).update(is_urgent=True)
    write_order(told_shop, 1, state="confirmado")
    read(told_shop)
    told_shop.run(STEPS["change"].format(key=1))
    read(told_shop)
    work(told_shop)
    assert told() == ["order", "order_changed"]


@pytest.mark.parametrize(("step", "heard"), [("annul", []), ("change", ["order", "order_changed"])])
def test_what_the_flood_guard_held_back_is_told_with_its_sequel_or_not_at_all(
    told_shop: Shop, step: str, heard: list[str]
) -> None:
    rule = Rule.objects.get(process="order")
    Rule.objects.filter(pk=rule.pk).update(flood_limit=0)
    play(told_shop, 1, ("confirm", step), ("on", "on"))
    assert told() == []
    Rule.objects.filter(pk=rule.pk).update(flood_limit=500)
    release_held(rule, by="t", now=now())
    fire()
    fire()
    assert told() == heard


def test_what_somebody_dropped_is_not_called_back(told_shop: Shop) -> None:
    rule = Rule.objects.get(process="order")
    Rule.objects.filter(pk=rule.pk).update(flood_limit=0)
    play(told_shop, 1, ("confirm",), ("on",))
    drop_held(rule, reason="import", by="t", now=now())
    told_shop.run(STEPS["annul"].format(key=1))
    work(told_shop)
    assert told() == []


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("ends = false\nbecomes", 'ends = "no"\nbecomes', "order_received.*ends"),
        ("changed = [", "ends = true\nchanged = [", "order_changed.*changed"),
        ('follows = "order"\nends = false', "ends = true", "order_received.*follows"),
        ('follows = "order"\nends', 'follows = "order_annulled"\nends', "order_received.*annulled"),
    ],
)
def test_an_end_written_wrongly_is_one_sentence(
    sqlite_store: Shop, old: str, new: str, said: str
) -> None:
    sqlite_store.connector("[processes.order]\n", PROCESSES)
    sqlite_store.connector(old, new)
    with pytest.raises(ConnectorError, match=said):
        load(str(sqlite_store.folder))


@pytest.mark.parametrize(("step", "heard"), [("annul", []), ("change", ["order", "order_changed"])])
def test_what_waits_for_its_hour_leaves_before_its_sequel_or_not_at_all(
    told_shop: Shop, step: str, heard: list[str]
) -> None:
    """R23: an order put off till the morning, annulled in the night."""
    Rule.objects.filter(process="order").update(delay_minutes=600)
    play(told_shop, 1, ("confirm", step), ("on", "on"))
    left = Message.objects.exclude(state="cancelled").order_by("next_at", "pk")
    kinds = {event.pk: event.kind for event in Event.objects.all()}
    assert [kinds[message.dispatch.event_id or 0] for message in left] == heard
    assert len({message.next_at for message in left}) == len(left) // 2
    if not heard:
        assert "Order annulled" in Message.objects.get(state="cancelled").detail
