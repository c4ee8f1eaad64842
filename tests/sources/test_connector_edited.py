"""A connector edited while attached: what would be lost waits until somebody agrees."""

import re
import shutil

import pytest

from emailketing.company.models import Company
from emailketing.content.models import Template
from emailketing.content.save import Texts, save_revision
from emailketing.sources.attaching.accept import NothingToAccept, accept
from emailketing.sources.attaching.check import check_source
from emailketing.sources.in_use import in_use, news_of
from emailketing.sources.models import ConnectorCopy
from emailketing.sources.upkeep.facts import facts
from emailketing.sources.upkeep.health import look_after
from emailketing.triggers.notifications.models import Rule
from emailketing.triggers.notifications.rules.hurt import in_words
from emailketing.triggers.notifications.rules.save import save_rule
from tests.sources.shop import Shop, now

pytestmark = pytest.mark.django_db
CONFIRM = "UPDATE pedido SET numero = 'P-{0}', estado = 'confirmado' WHERE id = {0}"
TOTAL = ',\n       o.total AS "totals.total"'


@pytest.fixture
def attached(shop: Shop) -> Shop:
    Company.objects.update_or_create(pk=1, defaults={"language": "en"})
    shop.attach()
    return shop


def confirm(shop: Shop, key: int) -> list[tuple[str, str]]:
    """Confirm a new order and return all that happened."""
    shop.order(key, state="borrador")
    shop.run(CONFIRM.format(key))
    return [(event.kind, event.document_label) for event in shop.pull()]


def lost(shop: Shop) -> list[str]:
    shop.source.refresh_from_db()
    return [loss.sentence for loss in news_of(shop.source)]


def rule_about(shop: Shop, text: str, **more: object) -> Rule:
    template = Template.objects.create(slug="pedido", name="Carta", document_type="order")
    texts = Texts(subject="{{ document.label }}", preheader="", body=text, format="simple")
    save_revision(template, language="es", texts=texts, sample=None, by="t", now=now())
    values = {
        "name": "Pedido al cliente", "source": shop.source, "process": "order",
        "template": template, "recipients": [{"kind": "party", "usage": "pedidos"}],
    }  # fmt: skip
    return save_rule(Rule(**{**values, **more}), by="t", now=now())


def test_a_renamed_process_waits_and_the_former_one_works_on(attached: Shop) -> None:
    rule_about(attached, "Hola")
    attached.connector("[processes.order]", "[processes.purchase]")
    assert confirm(attached, 1) == [("order", "Pedido P-1")]
    (sentence,) = lost(attached)
    assert "“Pedido confirmado” is gone" in sentence
    assert "Pedido al cliente" in in_words(attached.source, news_of(attached.source))[0]
    assert attached.source.status == "trouble"
    assert "source accept" in attached.source.problem
    assert ("Changed connector", sentence, False) in facts(attached.source)
    assert not check_source(attached.source, now=now()).ok
    accept(attached.source, by="test", now=now())
    attached.source.refresh_from_db()
    assert (attached.source.status, lost(attached)) == ("working", [])
    # its past is noted, what happens from now on has the new name
    assert confirm(attached, 2)[1:] == [("purchase", "Pedido P-2")]


def test_a_field_dropped_from_a_query_and_put_back_loses_nothing(attached: Shop) -> None:
    rule_about(attached, "Total: {{ document.totals.total }}")
    attached.connector(TOTAL, "", "order.sql")
    assert confirm(attached, 1) == [("order", "Pedido P-1")]
    assert lost(attached) == ["order.sql: gives no longer “totals.total”"]
    (sentence,) = in_words(attached.source, news_of(attached.source))
    assert "rule" not in sentence
    assert "template “Carta”" in sentence
    attached.connector("\nFROM pedido", f"{TOTAL}\nFROM pedido", "order.sql")
    assert confirm(attached, 2)[1:] == [("order", "Pedido P-2")]
    assert (lost(attached), attached.source.health.get("connector_news")) == ([], None)


def test_what_is_agreed_to_though_it_hurts_is_judged_when_it_came_back(attached: Shop) -> None:
    attached.connector(TOTAL, "", "order.sql")
    attached.pull()
    accept(attached.source, by="test", now=now())
    assert confirm(attached, 1) == [], "paused by name, and waiting"
    assert "totals.total" in attached.source.paused_processes["order"]
    assert attached.source.pending.count() == 1
    attached.connector("\nFROM pedido", f"{TOTAL}\nFROM pedido", "order.sql")
    assert [event.document_label for event in attached.pull()] == ["Pedido P-1"]


@pytest.mark.parametrize(
    ("old", "new", "file", "said"),
    [
        ('path = "state"', 'path = "status"', "connector.toml", "state"),
        ('"confirmado"', '"cerrado"', "connector.toml", "another condition"),
        ("[usages.pedidos]", "[usages.compras]", "connector.toml", "usage “Pedidos” is gone"),
        ('type = "quantity"', 'type = "number"', "connector.toml", "lines.quantity.*another kind"),
        ('names = ["pedido", "cliente"]', 'names = ["pedido"]', "connector.toml", "who.*“cliente”"),
        ('table = "serie"', 'table = "borrado"', "connector.toml", "“serie” is no longer"),
        ("o.total", "o.totl", "order.sql", "order.sql.*totl"),
        ("precio AS unit_price", "precio AS price", "lines.sql", "lines.unit_price"),
        ('title = "Tienda"', 'titel = "Tienda"', "connector.toml", "title"),
    ],
)
def test_what_would_be_lost_is_named_and_not_used(
    attached: Shop, old: str, new: str, file: str, said: str
) -> None:
    attached.connector(old, new, file)
    assert confirm(attached, 1) == [("order", "Pedido P-1")]
    look_after(attached.source, now())
    assert re.search(said, " ".join(lost(attached)))


@pytest.mark.parametrize(
    ("old", "new", "file"),
    [
        ("settle = 0.0", "settle = 0.01", "connector.toml"),
        ('label = "Pedido confirmado"', 'label = "Pedido en firme"', "connector.toml"),
        ("o.nota AS notes", "o.nota AS notes, o.id AS more", "order.sql"),
    ],
)
def test_what_takes_nothing_away_is_used_at_once(
    attached: Shop, old: str, new: str, file: str
) -> None:
    former = attached.source.connector_mark
    attached.connector(old, new, file)
    assert confirm(attached, 1) == [("order", "Pedido P-1")]
    assert lost(attached) == []
    assert attached.source.connector_mark not in {"", former}
    with pytest.raises(NothingToAccept):
        accept(attached.source, by="test", now=now())


def test_a_new_process_has_a_past_that_is_not_told(attached: Shop) -> None:
    confirm(attached, 1)
    more = '[processes.late]\nlabel = "Tarde"\ndocument = "order"\n\n[processes.order]'
    attached.connector("[processes.order]", more)
    attached.run("UPDATE pedido SET nota = 'tocado'")
    assert [event.kind for event in attached.pull()] == ["order"]
    assert ("late", "Pedido P-2") in confirm(attached, 2)


def test_another_condition_tells_nothing_of_the_past(attached: Shop) -> None:
    """What is so by the new words already is no news when it is touched next."""
    attached.order(1, state="cerrado", number="P-1")
    attached.pull()
    attached.connector('value = "confirmado"', 'value = "cerrado"')
    attached.pull()
    accept(attached.source, by="test", now=now())
    attached.run("UPDATE pedido SET nota = 'tocado'")
    assert attached.pull() == []
    attached.order(2, state="cerrado", number="P-2")
    assert [event.document_label for event in attached.pull()] == ["Pedido P-2"]


def test_a_folder_that_is_gone_stops_nothing_and_is_said(attached: Shop) -> None:
    away = attached.folder.with_name("away")
    shutil.move(attached.folder, away)
    assert confirm(attached, 1) == [("order", "Pedido P-1")]
    assert "There is no connector" in attached.source.problem
    shutil.move(away, attached.folder)
    confirm(attached, 2)
    look_after(attached.source, now())
    assert attached.source.problem == ""


def test_a_source_of_before_keeps_what_it_finds(attached: Shop) -> None:
    attached.source.connector_mark = ""
    attached.source.save()
    ConnectorCopy.objects.all().delete()
    attached.pull()
    assert attached.source.connector_mark
    assert in_use(attached.source).processes.keys() >= {"order", "notice"}


def test_two_sources_of_one_connector_agree_each_for_itself(attached: Shop) -> None:
    copies = ConnectorCopy.objects.count()
    attached.connector("[processes.order]", "[processes.purchase]")
    attached.pull()
    accept(attached.source, by="test", now=now())
    attached.connector("[processes.purchase]", "[processes.order]")
    attached.pull()
    accept(attached.source, by="test", now=now())
    assert ConnectorCopy.objects.count() == copies + 1, "each state is kept once"
