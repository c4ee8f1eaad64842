"""Rules on changes: ordinary conditions, ordinary mails; many records come with a sheet."""

import io
from datetime import timedelta
from typing import Any

import pytest
from openpyxl import load_workbook

from emailketing.channels.models import Sender
from emailketing.common.document import document_in
from emailketing.contacts.models import Contact, Role
from emailketing.content.models import Template
from emailketing.content.starters import make_starter_templates
from emailketing.events.models import Event
from emailketing.outbox.models import Message
from emailketing.outbox.queueing.preview import preview
from emailketing.sources.audit.values import ValueWords
from emailketing.sources.connectors import load
from emailketing.sources.models import CapturedChange
from emailketing.sources.reading.sample import past_documents
from emailketing.triggers.notifications.firing.fire import fire_due
from emailketing.triggers.notifications.models import Outcome, Rule
from emailketing.triggers.notifications.rules.save import save_rule
from emailketing.triggers.notifications.trying.try_out import try_rule
from emailketing.web.console.shown.mail import read_mail
from tests.sources.audit.conftest import Audited
from tests.sources.shop import now

pytestmark = pytest.mark.django_db


@pytest.fixture
def audited(sqlite_audited: Audited) -> Audited:
    make_starter_templates(None, now=now())
    Sender.objects.create(name="Avisos", from_address="avisos@estacion.test", host="smtp.test")
    return sqlite_audited


def rule(audited: Audited, process: str, condition: dict[str, Any], template: str) -> Rule:
    made = Rule(
        name=template,
        source=audited.source,
        process=process,
        condition=condition,
        recipients=[{"kind": "address", "value": "gerencia@estacion.test", "language": "es"}],
        repeat=Rule.Repeat.EVERY,
        is_active=True,
    )
    made.template = Template.objects.get(slug=template)
    return save_rule(made, by="test", now=now() - timedelta(hours=1))


def fired(rule: Rule) -> list[str]:
    while fire_due(now() + timedelta(minutes=5)):
        pass
    return [o.result for o in Outcome.objects.filter(rule=rule).order_by("event_id")]


PRICE = dict(load("estacion").rules["price_change"].condition)


def test_a_price_that_changes_by_ten_percent_either_way_is_told(audited: Audited) -> None:
    made = rule(audited, "record_changed", PRICE, "record-changed")
    for key in range(4):
        audited.product(key, 1000)
    audited.told()
    audited.run(
        "UPDATE producto SET precio = 1090 WHERE id = 0",
        "UPDATE producto SET precio = 1100 WHERE id = 1",
        "UPDATE producto SET precio = 900 WHERE id = 2",
        "UPDATE producto SET nombre = 'Otro' WHERE id = 3",
    )
    audited.told()
    assert fired(made) == ["condition", "sent", "sent", "condition"]
    mail = read_mail(preview(Message.objects.order_by("pk")[0]).source)
    assert mail.subject == "Modificado: Producto 00001 Gasoil Podium 1"
    assert "Gs. 1.000" in mail.text
    assert "Gs. 1.100" in mail.text


def test_a_price_that_two_ready_rules_tell_is_one_mail_and_one_sms(audited: Audited) -> None:
    Sender.objects.create(name="SMS", channel="sms", kind="http", from_address="1234")
    boss = Contact.objects.create(name="Rosa", language="es")
    boss.addresses.create(kind="email", value="rosa@estacion.test")
    boss.addresses.create(kind="phone", value="+595981123456")
    role = Role.objects.create(name="Gerencia")
    role.contacts.add(boss)
    ready = load("estacion").rules
    rules = []
    for name in ("record_changed", "price_change"):
        made = rule(audited, "record_changed", dict(ready[name].condition), ready[name].template)
        made.recipients = [{"kind": "role", "role": role.pk}]
        made.delivery = ready[name].settings["delivery"]
        made.choose("sms", template=Template.objects.get(slug=ready[name].texts["sms"]))
        rules.append(save_rule(made, by="test", now=now() - timedelta(hours=1)))
    audited.product(1, 1000)
    audited.told()
    audited.run("UPDATE producto SET precio = 1200 WHERE id = 1")
    audited.told()
    assert [fired(one) for one in rules] == [["sent"], ["sent"]]
    assert sorted(Message.objects.values_list("channel", flat=True)) == ["email", "sms"]


def test_after_closing(audited: Audited) -> None:
    late = {
        "any": [
            {"field": "hour", "op": "gte", "value": "22"},
            {"field": "hour", "op": "lt", "value": "5"},
        ]
    }
    made = rule(audited, "record_changed", late, "record-changed")
    audited.product(1)
    audited.told()
    audited.run("UPDATE producto SET precio = 1 WHERE id = 1")
    (event,) = audited.told()
    day, night = document_in(event.data).copy(), document_in(event.data).copy()
    day["hour"], night["hour"] = "21.98", "4.50"
    assert not try_rule(made, day).verdict.holds
    assert try_rule(made, night).verdict.holds


def test_the_deletion_names_who_and_shows_the_record_and_probar_finds_it(audited: Audited) -> None:
    made = rule(audited, "record_deleted", {}, "record-deleted")
    audited.product(1, 6990)
    audited.told()
    audited.run("DELETE FROM producto WHERE id = 1")
    audited.told()
    assert fired(made) == ["sent"]
    mail = read_mail(preview(Message.objects.get()).source)
    assert mail.subject == "Eliminado: Producto 00001 Gasoil Podium 1"
    assert "desconocido" in mail.text
    assert "Gs. 6.990" in mail.text
    assert "••••" in mail.text
    (document,) = past_documents(audited.source, "record_deleted", 5)
    assert document["label"] == "Producto 00001 Gasoil Podium 1"


def test_an_import_is_one_mail_with_everything_in_a_sheet(audited: Audited) -> None:
    made = rule(audited, "record_changed", {}, "mass-change")
    many = 700
    for key in range(many):
        audited.product(key, 1000)
    audited.told()
    audited.run("UPDATE producto SET precio = 1100, nombre = '=1+1' WHERE id <> 5")
    audited.told()
    assert fired(made) == ["sent"]
    mail = read_mail(preview(Message.objects.get()).source)
    assert "699 registros modificados" in mail.subject
    (file,) = mail.files
    assert file.name == "Producto-699-registros.xlsx"
    sheet = load_workbook(io.BytesIO(file.content)).active
    assert sheet.max_row == 2 * (many - 1) + 1
    rows = list(sheet.iter_rows(values_only=True))
    assert rows[0][:7] == ("Cuándo", "Quién", "Registro", "Qué se hizo", "Dato", "Antes", "Después")
    price = next(row for row in rows if row[4] == "Precio")
    assert price[5:7] == (1000, 1100)
    name = next(row for row in rows if row[4] == "Nombre")
    assert name[6] == "=1+1"
    assert all(cell.data_type != "f" for row in sheet.iter_rows() for cell in row)


def test_our_own_writing_makes_no_rule_run(audited: Audited) -> None:
    audited.product(1)
    audited.told()
    audited.run("UPDATE producto SET precio = 1 WHERE id = 1")
    audited.shop.pull()
    CapturedChange.objects.filter(operation="U").update(is_ours=True)
    assert audited.told() == []
    assert not Event.objects.filter(document_type="change").exists()


def test_whoever_reads_another_language_reads_the_change_in_it(audited: Audited) -> None:
    """Issue 4, 16: no Spanish labels, words and amounts in a Portuguese mail."""
    reader = Contact.objects.create(name="João", language="pt")
    reader.roles.add(Role.objects.create(name="Gerencia"))
    made = rule(audited, "record_changed", {}, "record-changed")
    recipients = [("es", "uno@estacion.test"), ("pt", "dois@estacion.test")]
    made.recipients = [
        {"kind": "address", "value": value, "language": language} for language, value in recipients
    ]
    save_rule(made, by="test", now=now() - timedelta(hours=1))
    audited.product(1, 1000)
    audited.told()
    audited.run("UPDATE producto SET precio = 1100, activo = 0 WHERE id = 1")
    (event,) = audited.told()
    assert set(event.data["document"]["in_language"]) == {"pt"}
    assert fired(made) == ["sent"]
    texts = {m.language: read_mail(preview(m).source).text for m in Message.objects.all()}
    for language, words in {
        "es": ("Producto 00001", "Precio: ", "antes: Gs. 1.000", "Activo: no"),
        "pt": ("Produto 00001", "Preço: ", "antes: Gs. 1.000", "Ativo: não"),
    }.items():
        for word in words:
            assert word in texts[language]


@pytest.mark.parametrize(
    ("language", "terms", "kind", "shift"),
    [
        ("es", "Crédito 30 días", "persona", "mañana"),
        ("en", "30 days credit", "person", "morning"),
        ("pt", "Prazo de 30 dias", "pessoa", "manhã"),
    ],
)
def test_what_is_kept_as_a_word_is_told_in_the_readers(
    language: str, terms: str, kind: str, shift: str
) -> None:
    audit = load("estacion").audit
    assert audit is not None
    words = ValueWords(audit, language, "PYG", "America/Asuncion")
    assert words.value("orden_compra", "condicion", "Crédito 30 días", {}) == terms
    assert words.value("cliente", "tipo", "persona", {}) == kind
    assert words.value("caja_cierre", "turno", "mañana", {}) == shift
