"""The pages of the templates: editor, live preview, revisions, settings."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from typer.testing import CliRunner

from emailketing.accounts.models import AuditEntry
from emailketing.cli.app import app
from emailketing.content.look import BrandLook
from emailketing.content.models import Revision, Template
from emailketing.content.render import render
from emailketing.content.samples import sample_data
from emailketing.content.save import Texts, check_texts, save_revision
from emailketing.web.console.templates_.vocabulary import blocks, variables
from tests.web.attached import Station

SignIn = Callable[[str], Client]


def texts(**changed: Any) -> dict[str, Any]:
    return {
        "language": "es",
        "subject": "Orden {{ document.number }}",
        "preheader": "Total {{ document.totals.total|money(document.currency) }}",
        "format": "simple",
        "body": "Estimados **{{ document.party.name }}**:\n\n[[lines]]\n\nGracias.",
    } | changed


def path(station: Station) -> str:
    return f"/templates/{station.template.pk}/"


def test_saving_makes_a_new_revision_and_leaves_the_old_one(
    station: Station, signed_in: SignIn
) -> None:
    old = station.template.current("es")
    assert old is not None
    answer = signed_in("operator").post(path(station), texts())
    assert answer.headers["Location"] == f"{path(station)}?language=es"
    new = station.template.current("es")
    assert new is not None
    assert (new.number, new.created_by) == (old.number + 1, "operator")
    assert Revision.objects.get(pk=old.pk).body == old.body
    entry = AuditEntry.objects.get(action="changed", object_type="content.template")
    assert entry.changes == {"es": [old.number, new.number]}


def test_a_wrong_name_is_found_on_saving_with_line_and_suggestion(
    station: Station, signed_in: SignIn
) -> None:
    before = Revision.objects.count()
    body = "Hola\n\n{{ document.partyy.name }}"
    answer = signed_in("operator").post(path(station), texts(body=body))
    assert answer.status_code == 422
    assert answer.context["invalid"].line == 3
    assert "party" in answer.context["invalid"].suggestion
    assert answer.context["invalid"].suggestion in answer.content.decode()
    assert "partyy" in answer.content.decode()  # what was typed is still there
    assert Revision.objects.count() == before


def test_the_preview_writes_what_was_typed_and_saves_nothing(
    station: Station, signed_in: SignIn
) -> None:
    before = Revision.objects.count()
    client = signed_in("operator")
    answer = client.post(f"{path(station)}preview/", texts())
    page = answer.content.decode()
    assert answer.context["mail"].subject.startswith("Orden OC-")
    assert page.count('sandbox=""') == 2
    broken = client.post(f"{path(station)}preview/", texts(body="{{ nada }}"))
    assert "nada" in broken.content.decode()
    assert "iframe" not in broken.content.decode()
    endless = "{% for a in range(9999) %}{% for b in range(9999) %}x{% endfor %}{% endfor %}"
    assert (
        "iframe"
        not in client.post(f"{path(station)}preview/", texts(body=endless)).content.decode()
    )
    assert Revision.objects.count() == before


def test_s9_a_reader_tries_no_text_and_sees_the_saved_one(
    station: Station, signed_in: SignIn
) -> None:
    reader = signed_in("reader")
    assert reader.post(f"{path(station)}preview/", texts()).status_code == 403
    page = reader.get(path(station))
    assert "OC-" in page.context["mail"].subject
    assert f"{path(station)}preview/" not in page.content.decode()
    assert f"{path(station)}pdf/" not in page.content.decode()


def test_s9_the_console_survives_the_preview_of_a_bomb(station: Station, signed_in: SignIn) -> None:
    client = signed_in("operator")
    for body in ("{{ " + "not " * 10_000 + "1 }}", "x" * 199_000, "<mj-x>" * 20_000):
        answer = client.post(f"{path(station)}preview/", texts(body=body))
        assert answer.status_code == 200
    nested = "<mjml><mj-body>" + "<mj-section>" * 15_000 + "</mj-section>" * 1_000
    answer = client.post(f"{path(station)}preview/", texts(body=nested, format="mjml"))
    assert answer.status_code == 200
    assert "iframe" not in answer.content.decode()


def test_the_preview_takes_a_real_past_document(station: Station, signed_in: SignIn) -> None:
    client = signed_in("operator")
    choices = client.get(path(station)).context["choices"]
    assert len(choices) > 5
    value, label = choices[1]
    mail = client.post(f"{path(station)}preview/", texts(sample=value)).context["mail"]
    assert mail.subject == f"Orden {label.split()[-1]}"


def test_the_document_is_drawn_with_the_preview(station: Station, signed_in: SignIn) -> None:
    answer = signed_in("operator").post(f"{path(station)}pdf/", {"language": "pt"})
    assert "data:image/png;base64," in answer.content.decode()


def test_values_of_the_connector_are_inserted_by_clicking(
    station: Station, signed_in: SignIn
) -> None:
    page = signed_in("operator").get(path(station)).content.decode()
    assert 'data-insert="{{ document.totals.total|money(document.currency) }}"' in page
    assert "Condición de pago" in page
    assert 'data-insert="[[lines]]"' in page


def test_each_language_is_a_tab_and_an_unwritten_one_begins_with_another(
    station: Station, signed_in: SignIn
) -> None:
    station.template.revisions.filter(language="pt").delete()
    answer = signed_in("operator").get(f"{path(station)}?language=pt")
    assert answer.context["newest"] is None
    assert answer.context["form"].initial["body"]


def test_an_old_revision_is_brought_back_as_a_new_one(station: Station, signed_in: SignIn) -> None:
    client = signed_in("operator")
    client.post(path(station), texts(subject="Otra cosa"))
    old = station.template.revisions.get(language="es", number=1)
    assert client.get(f"/templates/revisions/{old.pk}/").status_code == 200
    assert client.get(f"{path(station)}history/").status_code == 200
    client.post(f"/templates/revisions/{old.pk}/restore/")
    new = station.template.current("es")
    assert new is not None
    assert (new.number, new.subject) == (3, old.subject)


def test_a_new_template_is_made_and_an_unused_one_deleted(
    station: Station, signed_in: SignIn
) -> None:
    client = signed_in("operator")
    values = {"name": "Aviso de pago", "channel": "email", "document_type": "purchase_order"}
    answer = client.post("/templates/new/", values)
    made = Template.objects.get(slug="aviso-de-pago")
    assert answer.headers["Location"] == f"/templates/{made.pk}/"
    assert client.get(f"/templates/{made.pk}/").status_code == 200
    client.post(f"/templates/{made.pk}/", texts())
    assert made.current("es") is not None
    client.post(f"/templates/{made.pk}/delete/")
    assert not Template.objects.filter(pk=made.pk).exists()


def test_a_template_in_use_stays(station: Station, signed_in: SignIn) -> None:
    answer = signed_in("operator").post(f"{path(station)}delete/", follow=True)
    assert [m.level_tag for m in answer.context["messages"]] == ["error"]
    assert station.template.revisions.exists()


def test_a_reader_looks_and_changes_nothing(station: Station, signed_in: SignIn) -> None:
    client = signed_in("reader")
    assert client.get(path(station)).status_code == 200
    before = Revision.objects.count()
    assert client.post(path(station), texts()).status_code == 403
    assert client.get("/templates/new/").status_code == 403
    assert Revision.objects.count() == before


@pytest.mark.parametrize("subject", ["", "a\r\nBcc: x@y.test", "x" * 400])
def test_s1_a_subject_of_several_lines_or_too_long_is_refused(
    station: Station, signed_in: SignIn, subject: str
) -> None:
    before = Revision.objects.count()
    answer = signed_in("operator").post(path(station), texts(subject=subject))
    assert answer.status_code == 422
    assert Revision.objects.count() == before


def test_a_simple_text_goes_on_as_mjml(station: Station, signed_in: SignIn) -> None:
    client = signed_in("operator")
    begun = client.get(f"{path(station)}?language=es&as=mjml").context["form"].initial
    assert begun["format"] == "mjml"
    answer = client.post(path(station), begun)
    assert answer.status_code == 302
    new = station.template.current("es")
    assert new is not None
    assert (new.number, new.format) == (2, "mjml")


def test_who_writes_over_somebody_is_told(station: Station, signed_in: SignIn) -> None:
    first, second = signed_in("operator"), signed_in("administrator")
    begun = {"begun": "1"}  # both opened revision 1
    first.post(path(station), texts(subject="Uno", **begun))
    answer = second.post(path(station), texts(subject="Dos", **begun), follow=True)
    assert "warning" in [m.level_tag for m in answer.context["messages"]]
    subjects = station.template.revisions.filter(language="es").order_by("number")
    assert list(subjects.values_list("subject", flat=True))[1:] == ["Uno", "Dos"]


def phone_template(channel: str, body: str, name: str = "") -> Template:
    made = Template.objects.create(
        slug=f"p-{channel}", name="Aviso", channel=channel, document_type="purchase_order"
    )
    style = "approved" if name else "short"
    save_revision(
        made,
        language="es",
        texts=Texts(name, "", body, style),
        sample=None,
        by="ana",
        now=datetime(2026, 11, 24, 15, tzinfo=UTC),
    )
    return made


def test_an_sms_is_written_without_subject_and_counted(station: Station, signed_in: SignIn) -> None:
    """M1: how many messages it takes stands beside the text, before anything is sent."""
    client = signed_in("operator")
    where = f"/templates/{phone_template('sms', 'Hola').pk}/"
    page = client.get(where)
    assert "subject" not in page.context["form"].fields
    assert "[[lines]]" not in page.content.decode()
    values = {"language": "es", "format": "short", "body": "Ñandú {{ document.number }}"}
    shown = client.post(f"{where}preview/", values).context["phone"]
    assert (shown.size.segments, shown.size.encoding, shown.special) == (1, "ucs2", "ú")
    long = client.post(f"{where}preview/", values | {"body": "á" * 100})
    assert long.context["phone"].size.segments == 2
    assert long.context["phone"].plain_size.segments == 1
    assert client.post(where, values).status_code == 302
    assert client.post(where, values | {"format": "simple"}).status_code == 422
    assert client.post(where, values | {"body": "[[lines]]"}).status_code == 422
    revision = Revision.objects.get(template__slug="p-sms", number=2)
    assert revision.text == "Ñandú {{ document.number }}"
    assert client.get(f"/templates/revisions/{revision.pk}/").context["phone"].text


def test_an_approved_text_is_its_name_and_its_parameters(
    station: Station, signed_in: SignIn
) -> None:
    client = signed_in("operator")
    template = phone_template("whatsapp", "{{ document.number }}", "orden_lista")
    where = f"/templates/{template.pk}/"
    values = {"language": "es", "format": "approved", "subject": "orden_lista"}
    body = "{{ document.number }}\n{{ document.party.name }}"
    page = client.post(f"{where}preview/", values | {"body": body})
    assert page.context["phone"].parameters == ["OC-0017", "Lubricantes del Sur S.A."]
    assert client.post(where, values | {"body": ""}).status_code == 302  # none is allowed
    wrong = client.post(where, values | {"subject": "Orden lista"})
    assert wrong.context["invalid"].part == "subject"


def test_p11_the_button_of_an_approved_text_is_entered_and_seen(
    station: Station, signed_in: SignIn
) -> None:
    client = signed_in("operator")
    made = Template.objects.create(
        slug="listo", name="Listo", channel="whatsapp", document_type="report"
    )
    where, button = f"/templates/{made.pk}/", "https://informes.example.com/r/{{1}}"
    values = {"language": "es", "format": "approved", "subject": "listo", "button": button}
    values |= {"body": "{{ report.title }}"}
    assert client.post(f"{where}preview/", values).context["phone"].button == button
    wrong = client.post(where, values | {"button": "http://x/"})
    assert wrong.context["invalid"].part == "button"
    assert client.post(where, values).status_code == 302
    page = client.get(where)
    assert button in page.content.decode()
    assert page.context["dead_button"]  # no public address is known here
    assert "button" not in client.get(f"/templates/{station.template.pk}/").context["form"].fields


def test_the_channel_of_a_written_template_stays(station: Station, signed_in: SignIn) -> None:
    template = phone_template("sms", "Hola")
    values = {"name": "Otro", "channel": "email", "document_type": "purchase_order"}
    signed_in("operator").post(f"/templates/{template.pk}/settings/", values)
    template.refresh_from_db()
    assert (template.name, template.channel) == ("Otro", "sms")


@pytest.mark.django_db
@pytest.mark.parametrize("kind", ["payment_order", "collection", "purchase_order"])
def test_every_block_on_offer_may_be_clicked_in(kind: str) -> None:
    """A list goes in as a table: its values by themselves would be refused."""
    template = Template(document_type=kind)
    offered = blocks(template)
    tables = [chip.text for chip in offered if chip.text.startswith("[[table: ")]
    assert bool(tables) is (kind != "purchase_order")
    words = Texts("x", "", "\n\n".join(chip.text for chip in offered))
    draft = check_texts(
        words, document_type=kind, language="es", sample=None, look=BrandLook(name="Itá")
    )
    assert "Gs." in render(draft.compiled, sample_data(kind, "es"), language="es").text
    for _group, chips in variables(template):
        assert not [chip for chip in chips if ".invoices." in chip.text]


def test_the_list_says_in_words_what_each_is_for(station: Station, signed_in: SignIn) -> None:
    page = signed_in("administrator").get("/templates/").content.decode()
    assert "Lista de la mañana ·" in page
    assert "Aviso ·" in page
    assert "morning_list" not in page


@pytest.mark.parametrize(
    ("name", "sentence"),
    [(" ", "Esto no puede quedar vacío."), ("x" * 121, "Como máximo 120 caracteres.")],
)
def test_page_and_command_refuse_what_a_template_is_for_in_the_same_words(
    staff: dict[str, Any], signed_in: SignIn, name: str, sentence: str
) -> None:
    answer = signed_in("operator").post("/templates/new/", {"name": name, "channel": "email"})
    said = CliRunner().invoke(app, ["template", "add", "vale", name])
    assert (answer.status_code, said.exit_code) == (422, 1)
    assert answer.context["form"].errors["name"] == [sentence]
    assert f"name: {sentence}" in said.output
    assert not Template.objects.exists()
    assert not AuditEntry.objects.exists()


@pytest.mark.parametrize("field", ["document_type", "layout"])
def test_what_the_page_never_offered_is_refused(
    staff: dict[str, Any], signed_in: SignIn, field: str
) -> None:
    entries = {"name": "Vale", "channel": "email", field: "nowhere.typ"}
    answer = signed_in("operator").post("/templates/new/", entries)
    assert set(answer.context["form"].errors) == {field}
    assert not Template.objects.exists()


def test_page_and_command_refuse_a_text_in_the_same_words(
    station: Station, signed_in: SignIn, tmp_path: Path
) -> None:
    before = Revision.objects.count(), AuditEntry.objects.count()
    answer = signed_in("operator").post(path(station), texts(subject=" ", preheader=""))
    file = tmp_path / "order.txt"
    file.write_text("\n\n\nHola")
    said = CliRunner().invoke(app, ["template", "edit", station.template.slug, str(file)])
    assert (answer.status_code, said.exit_code) == (422, 1)
    assert "El asunto está vacío." in answer.content.decode()
    assert "El asunto está vacío." in said.output
    assert (Revision.objects.count(), AuditEntry.objects.count()) == before
