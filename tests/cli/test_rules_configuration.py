"""`emailketing rule …` and `emailketing configuration …`, as an operator types them."""

from pathlib import Path

import pytest
from django.utils import translation

from emailketing.accounts.models import AuditEntry
from emailketing.audience.models import Choice
from emailketing.channels.models import Sender
from emailketing.company.models import Company
from emailketing.content.models import Template
from emailketing.content.save import Texts, save_revision
from emailketing.outbox.models import Message
from emailketing.triggers.notifications.models import Outcome, Rule
from tests.cli.test_sender_message import run
from tests.triggers.cast import NOW, Cast
from tests.web import attached

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast(db: None) -> Cast:
    with translation.override("en"):
        return Cast()


def test_the_pack_is_made_switched_on_and_made_no_second_time(cast: Cast) -> None:
    made = run("rule", "pack", "shop", "--on", "quotation").output
    assert "quotation" in made
    many = Rule.objects.exclude(ready_made="").count()
    assert Rule.objects.get(ready_made="quotation").is_active
    assert Rule.objects.filter(is_active=True).count() == 2
    run("rule", "pack", "shop")
    assert Rule.objects.exclude(ready_made="").count() == many
    run("rule", "pack", "nowhere", code=1)
    run("rule", "pack", "shop", "--on", "no such rule", code=1)
    assert AuditEntry.objects.filter(action="switched").count() == 1


def test_everything_a_rule_knows_can_be_said(cast: Cast) -> None:
    words = ("--source", "shop", "--process", "purchase_order", "--template", "order")
    how = ("--window", "mon-fri 8:00-18:00", "--remind", "3", "--remind", "10", "--daily-cap", "2")
    run("rule", "add", "Larga", *words, *how, "--to", "role:Management", "--to", "copy:a@b.example")
    rule = Rule.objects.get(name="Larga")
    assert (rule.window["from"], rule.remind_days, rule.daily_cap) == ("08:00", [3, 10], 2)
    assert rule.recipients[1] == {"kind": "address", "value": "a@b.example", "copy": True}
    assert "Larga" in run("rule", "list").output
    cast.happen()
    assert "1" in run("rule", "simulate", str(cast.rule.pk), "--days", "366").output
    run("rule", "simulate", "9999", code=1)


def test_texts_that_had_no_sender_are_shown_and_left(cast: Cast) -> None:
    cast.judge()
    cast.rule.outcomes.update(texts="missing")
    number = str(cast.rule.pk)
    assert "al teléfono de 1 documento" in run("rule", "texts", number).output
    assert "Todavía no hay remitente" in run("rule", "texts", number, "--write", code=1).output
    run("rule", "texts", number, "--write", "--leave", code=1)
    run("rule", "texts", number, "--leave")
    assert "de 0 documentos" in run("rule", "texts", number).output


def test_texts_and_senders_of_channels_are_said_in_either_spelling(cast: Cast) -> None:
    sms = Template.objects.create(slug="short", name="Short", channel="sms")
    save_revision(
        sms, language="es", texts=Texts("", "", "Hola", "short"), sample=None, by="t", now=NOW
    )
    tigo = Sender.objects.create(name="Tigo", channel="sms", kind="kannel", host="127.0.0.1")
    words = ("--source", "shop", "--process", "purchase_order", "--template", "order")
    how = ("--to", "role:Management", "--delivery", "both")
    run("rule", "add", "Now", *words, *how, "--way", "sms:short:Tigo")
    run("rule", "add", "Before", *words, *how, "--sms", "short", "--phone-sender", "Tigo")
    for rule in Rule.objects.filter(name__in=["Now", "Before"]):
        assert rule.choices == {"email": Choice(cast.template), "sms": Choice(sms, tigo)}
    run("rule", "set", str(rule.pk), "phone-sender=")
    noted = AuditEntry.objects.latest("pk").changes["ways"]
    assert [part.endswith("(Tigo)") for part in noted] == [True, False]
    run("rule", "set", str(rule.pk), f"phone-sender={cast.sender.name}", code=1)


def test_a_rule_is_changed_word_by_word_and_what_is_not_named_stays(cast: Cast) -> None:
    number = str(cast.rule.pk)
    window, name = "window=mon-sat 07:00-20:00", cast.rule.name
    run("rule", "set", number, "flood-limit=500", "urgent=yes", window, "remind=3,10", "daily-cap=")
    cast.rule.refresh_from_db()
    said = (cast.rule.flood_limit, cast.rule.is_urgent, cast.rule.remind_days, cast.rule.daily_cap)
    assert said == (500, True, [3, 10], None)
    assert cast.rule.window["days"] == [0, 1, 2, 3, 4, 5]
    run("rule", "set", number, "to=role:Management; copy:a@b.example")
    cast.rule.refresh_from_db()
    assert [one["kind"] for one in cast.rule.recipients] == ["role", "address"]
    assert cast.rule.name == name
    for wrong in ("flood=1", "urgent=perhaps", "delay=soon", "template=nowhere", "delivery"):
        run("rule", "set", number, "name=Otra", wrong, code=1)
    cast.rule.refresh_from_db()
    assert cast.rule.name == name
    noted = AuditEntry.objects.filter(action="changed").exclude(username="t")  # the cast's own
    assert noted.count() == 2


def test_the_configuration_goes_out_and_in(cast: Cast, tmp_path: Path) -> None:
    file = tmp_path / "ours.toml"
    run("configuration", "export", str(file))
    assert file.stat().st_mode & 0o077 == 0
    Rule.objects.update(daily_cap=9)
    assert "9 →" in run("configuration", "diff", str(file)).output
    run("configuration", "import", str(file), "--yes")
    assert Rule.objects.get().daily_cap is None
    assert AuditEntry.objects.filter(action="imported").exists()
    file.write_text("format = 7")
    run("configuration", "import", str(file), code=1)
    run("configuration", "diff", str(tmp_path / "none"), code=1)


def test_the_company_is_taken_over_where_the_console_has_a_name_of_the_office(
    cast: Cast, tmp_path: Path
) -> None:
    file = tmp_path / "ours.toml"
    run("setup", "--name", "Ferretería", "--quiet", "21:00-07:00")
    run("configuration", "export", str(file))
    run("setup", "--quiet", "never", "--address", "http://servidor:8000/")
    run("configuration", "import", str(file), "--yes")
    company = Company.objects.get()
    assert (str(company.quiet_from), company.base_url) == ("21:00:00", "http://servidor:8000/")


def test_a_rule_is_tried_on_one_document_and_sent_to_whoever_is_named(tmp_path: Path) -> None:
    station = attached.station(tmp_path, NOW)
    number = str(station.rule.pk)
    shown = run("rule", "test", number, "--document", "OC-0011").output
    assert "OC-0011" in shown
    assert not Message.objects.exists()
    run("rule", "test", number, "--pdf", str(tmp_path / "order.pdf"))
    assert (tmp_path / "order.pdf").read_bytes().startswith(b"%PDF")
    nowhere = run("rule", "test", number, "--pdf", str(tmp_path / "none" / "x.pdf"), code=1).output
    assert str(tmp_path / "none" / "x.pdf") in nowhere
    run("rule", "test", number, "--document", "OC-0011", "--to", "jefe@estacion.test")
    message = Message.objects.get()
    assert (message.address, "OC-0011" in message.subject) == ("jefe@estacion.test", True)
    run("rule", "test", number, "--document", "OC-9999", code=1)
    run("rule", "test", number, "--to", "0981 123 456", code=1)  # it has no text for the phone
    station.file.unlink()
    unread = run("rule", "test", number, code=1).output
    assert "station.sqlite3" in unread
    assert Message.objects.count() == 1


def test_what_is_held_or_could_not_be_written_is_decided_and_noted(cast: Cast) -> None:
    number = str(cast.rule.pk)
    for key, result in (("1", "held"), ("2", "no_address")):
        event = cast.happen(key=key)
        Outcome.objects.create(rule=cast.rule, event=event, result=result, at=NOW)
    assert "1" in run("rule", "release", number).output
    assert "1" in run("rule", "retry", number).output
    assert set(Outcome.objects.values_list("result", flat=True)) == {"released"}
    Outcome.objects.filter(event__document_key="1").update(result="held")
    run("rule", "drop", number, "--reason", "una importación")
    assert Outcome.objects.get(result="dropped").detail == "una importación"
    run("rule", "off", number)
    run("rule", "delete", number, "--yes")
    assert not Rule.objects.exists()
    noted = AuditEntry.objects.filter(came_from="command line").order_by("pk")
    actions = list(noted.values_list("action", flat=True))
    assert actions == ["released", "retried", "dropped", "switched", "deleted"]


def test_a_new_rule_starts_off_and_its_twin_is_pointed_out(cast: Cast) -> None:
    """Point 13, by command: nothing writes before it was tried, nothing is doubled unseen."""
    words = ("--source", "shop", "--process", "purchase_order", "--template", "order")
    made = run("rule", "add", "Otra", *words, "--to", "party:pedidos", "--no-pdf")
    rule = Rule.objects.get(name="Otra")
    assert not rule.is_active
    assert f"rule on {rule.pk}" in made.output
    assert "dice lo mismo que «Order to the supplier»" in made.output
    assert "dice lo mismo que" in run("rule", "on", str(rule.pk)).output
    assert "dice lo mismo que" in run("rule", "set", str(rule.pk), "delay=5").output
    assert run("rule", "list").output.count("dice lo mismo") == 2
    assert "dice lo mismo" not in run("rule", "set", str(rule.pk), "to=role:Management").output


def test_the_templates_of_a_process_are_listed_alone(cast: Cast) -> None:
    assert "order" in run("template", "list", "--for", "shop:purchase_order").output
    assert "order" not in run("template", "list", "--for", "shop:quotation").output
    run("template", "list", "--for", "nowhere:quotation", code=1)


@pytest.mark.parametrize(
    ("condition", "read"),
    [
        ("totals.total gte 1,000,000", ("1000000", "PYG")),
        ("totals.total gte Gs. 1.000.000.-", ("1000000", "PYG")),
        ("totals.total gte 1 000 000 USD", ("1000000", "USD")),
        (
            '{"field": "totals.total", "op": "lt", "value": 1250.5, "currency": "USD"}',
            (1250.5, "USD"),
        ),
        ("lines.quantity gte 1.250", ("1250", None)),
        ("totals.total gt 0", ("0", None)),
    ],
)
def test_numbers_of_a_command_are_read_as_people_write_them(
    cast: Cast, condition: str, read: tuple[str | float, str | None]
) -> None:
    """Point 13, by command: `1.000` was one guaraní here."""
    run("rule", "set", str(cast.rule.pk), f"if={condition}")
    cast.rule.refresh_from_db()
    tree = cast.rule.condition
    leaf = tree["all"][0] if "all" in tree else tree
    assert (leaf["value"], leaf.get("currency")) == read


@pytest.mark.parametrize(
    ("condition", "said"),
    [
        ("lines.quantity gte 1,250", "1250 o como 1,25"),
        ("totals.total gte 1.5", "Gs. 1.500.000"),
        ("totals.total gte mucho", "no es un número"),
        ("totals.total in 1,000,2,000", "1.000; 2.500"),
    ],
)
def test_a_number_with_two_readings_is_asked_about(cast: Cast, condition: str, said: str) -> None:
    words = ("--source", "shop", "--process", "purchase_order", "--template", "order")
    add = ("rule", "add", "X", *words, "--to", "party:pedidos", "--if", condition)
    assert said in " ".join(run(*add, code=1).output.split())


@pytest.mark.parametrize(
    ("to", "said"),
    [
        ("party:pedidos,copy", "Nadie tiene una dirección para «pedidos,copy». Existen:"),
        ("party:nada", "Nadie tiene una dirección para «nada»."),
        ("copy:party:pedidos", "que no reciba solo copia"),
    ],
)
def test_what_the_console_refuses_of_recipients_the_command_refuses_too(
    cast: Cast, to: str, said: str
) -> None:
    words = ("--source", "shop", "--process", "purchase_order", "--template", "order", "--active")
    assert said in " ".join(run("rule", "add", "X", *words, "--to", to, code=1).output.split())
    assert not Rule.objects.filter(name="X").exists()
