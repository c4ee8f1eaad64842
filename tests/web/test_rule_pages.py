"""The pages of the rules on a real business database: editor, switch, flood guard, try it."""

import json
from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from django.test import Client

from emailketing.accounts.models import AuditEntry
from emailketing.content.models import Template
from emailketing.content.starters import make_starter_templates
from emailketing.events.models import Event
from emailketing.events.record import Happening
from emailketing.outbox.models import Message
from emailketing.triggers.notifications.firing.fire import fire, fire_due
from emailketing.triggers.notifications.models import Outcome, Rule
from tests.events.one import record_one
from tests.web.attached import Station

SignIn = Callable[[str], Client]


def entries(station: Station, **changed: Any) -> dict[str, Any]:
    """What the editor sends."""
    condition = {"all": [{"field": "totals.total", "op": "gte", "value": "100.000"}]}
    recipients = [
        {"kind": "party", "usage": "pedidos"},
        {"kind": "address", "value": "compras@estacion.example", "name": "Compras"},
    ]
    return {
        "name": "Órdenes grandes",
        "what": f"{station.source.pk}:purchase_order",
        "condition": json.dumps(condition),
        "recipients": json.dumps(recipients),
        "fallback": "{}",
        "email_template": station.template.pk,
        "attach_document": "on",
        "delivery": "email",
        "digest": "",
        "window_days": list("0123456"),
        "window_holidays": "on",
        "mail_class": "document",
        "repeat": "once",
        "delay_minutes": "5",
        "flood_limit": "200",
        "is_active": "on",
    } | changed


def text(client: Client, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200, path
    return answer.content.decode()


def test_a_rule_is_made_changed_and_noted(station: Station, signed_in: SignIn) -> None:
    client = signed_in("operator")
    answer = client.post("/rules/new/", entries(station))
    made = Rule.objects.get(name="Órdenes grandes")
    assert answer.headers["Location"] == f"/rules/{made.pk}/"
    assert made.condition == {
        "all": [{"field": "totals.total", "op": "gte", "value": "100000", "currency": "PYG"}]
    }
    assert made.recipients[1]["value"] == "compras@estacion.example"
    assert (made.delay_minutes, made.created_by, made.is_active) == (5, "operator", True)
    client.post(f"/rules/{made.pk}/edit/", entries(station, delay_minutes="10"))
    noted = AuditEntry.objects.filter(object_id=str(made.pk), object_type="notifications.rule")
    assert [(e.action, e.username) for e in noted.order_by("pk")] == [
        ("created", "operator"),
        ("changed", "operator"),
    ]
    assert noted.order_by("pk")[1].changes["delay_minutes"] == [5, 10]


def test_the_list_and_the_page_say_the_rule_in_words(station: Station, signed_in: SignIn) -> None:
    client = signed_in("operator")
    client.post("/rules/new/", entries(station))
    listed = text(client, "/rules/")
    assert "Órdenes grandes" in listed
    assert "Orden de compra confirmada" in listed
    made = Rule.objects.get(name="Órdenes grandes")
    page = text(client, f"/rules/{made.pk}/")
    assert "Total" in page
    assert "100.000" in page


@pytest.mark.parametrize(
    ("field", "value", "marked"),
    [
        ("name", "", "id_name_error"),
        ("what", "99:nothing", "id_what_error"),
        ("email_template", "", "id_email_template_error"),
        ("delay_minutes", "-1", "id_delay_minutes_error"),
        ("flood_limit", "0", "id_flood_limit_error"),
    ],
)
def test_what_is_wrong_is_said_beside_the_field_and_nothing_is_saved(
    station: Station, signed_in: SignIn, field: str, value: str, marked: str
) -> None:
    answer = signed_in("operator").post("/rules/new/", entries(station, **{field: value}))
    assert answer.status_code == 422
    assert f'id="{marked}"' in answer.content.decode()
    assert Rule.objects.count() == 1


def test_a_wrong_row_is_given_back_with_its_sentence(station: Station, signed_in: SignIn) -> None:
    condition = json.dumps({"all": [{"field": "totals.total", "op": "gte", "value": "mucho"}]})
    answer = signed_in("operator").post("/rules/new/", entries(station, condition=condition))
    assert answer.status_code == 422
    state = answer.context["state"]
    assert list(state["errors"]["condition"]) == ["0"]
    assert "mucho" in state["errors"]["condition"]["0"]
    assert state["values"]["condition"]["all"][0]["value"] == "mucho"


def test_without_recipient_nothing_is_saved(station: Station, signed_in: SignIn) -> None:
    answer = signed_in("operator").post("/rules/new/", entries(station, recipients="[]"))
    assert answer.status_code == 422
    assert Rule.objects.count() == 1


def test_a_rule_is_switched_and_deleted_by_post_only(station: Station, signed_in: SignIn) -> None:
    client, rule = signed_in("operator"), station.rule
    assert client.get(f"/rules/{rule.pk}/switch/").status_code == 405
    client.post(f"/rules/{rule.pk}/switch/", {"on": "0", "from": "list"})
    rule.refresh_from_db()
    assert not rule.is_active
    assert client.get(f"/rules/{rule.pk}/delete/").status_code == 200
    assert Rule.objects.filter(pk=rule.pk).exists()
    client.post(f"/rules/{rule.pk}/delete/")
    assert not Rule.objects.filter(pk=rule.pk).exists()
    assert AuditEntry.objects.filter(action="deleted", object_label=rule.name).exists()


def happen(station: Station, number: int, now: datetime) -> Event:
    made, _is_new = record_one(
        Happening(
            source="estacion",
            change=f"flood:{number}",
            kind="purchase_order",
            occurred_at=now,
            document_type="purchase_order",
            document_key=f"flood-{number}",
            document_label=f"Orden {number}",
            data={"document": {"key": f"flood-{number}", "party": {}, "totals": {}}},
        ),
        now=now,
    )
    fire(made, now=now)
    return made


def flood(station: Station, now: datetime) -> None:
    """One message an hour, three events: two are held."""
    station.rule.flood_limit = 1
    station.rule.recipients = [{"kind": "address", "value": "compras@estacion.example"}]
    station.rule.attach_document = False
    station.rule.save()
    for number in range(3):
        happen(station, number, now)
    assert station.rule.outcomes.filter(result=Outcome.Result.HELD).count() == 2


def test_what_the_flood_guard_holds_is_released_by_a_person(
    station: Station, signed_in: SignIn, now: datetime
) -> None:
    flood(station, now)
    client, path = signed_in("operator"), f"/rules/{station.rule.pk}/"
    assert f"{path}held/release/" in text(client, path)
    client.post(f"{path}held/release/")
    fire_due(now)
    assert not station.rule.outcomes.filter(result=Outcome.Result.HELD).exists()
    assert Message.objects.count() == 3


def test_what_is_held_is_given_up_only_with_a_reason(
    station: Station, signed_in: SignIn, now: datetime
) -> None:
    flood(station, now)
    client, path = signed_in("operator"), f"/rules/{station.rule.pk}/held/drop/"
    client.post(path, {"reason": ""})
    assert station.rule.outcomes.filter(result=Outcome.Result.HELD).count() == 2
    client.post(path, {"reason": "era una importación"})
    dropped = station.rule.outcomes.filter(result=Outcome.Result.DROPPED)
    assert {outcome.detail for outcome in dropped} == {"era una importación"}
    assert dropped.count() == 2
    assert Message.objects.count() == 1


def test_try_it_shows_match_recipients_mail_and_pdf_of_a_real_document(
    station: Station, signed_in: SignIn
) -> None:
    page = text(signed_in("reader"), f"/rules/{station.rule.pk}/try/")
    assert page.count('<iframe sandbox=""') == 2
    assert "default-src &#x27;none&#x27;" in page
    assert "data:image/png;base64," in page
    assert "data:application/pdf;base64," in page
    assert Message.objects.count() == 0


def test_a_past_document_is_found_by_its_number(station: Station, signed_in: SignIn) -> None:
    client, path = signed_in("reader"), f"/rules/{station.rule.pk}/try/"
    newest = client.get(path).context["documents"]
    wanted = newest[7][1].split(" · ")[0].split()[-1]
    found = client.get(path, {"search": wanted})
    assert found.context["chosen"]["number"] == wanted
    nothing = client.get(path, {"search": "OC-999999"})
    assert nothing.context["found_none"]
    assert nothing.context["documents"] == newest


def test_an_unsaved_rule_is_tried_too(station: Station, signed_in: SignIn) -> None:
    condition = json.dumps({"all": [{"field": "totals.total", "op": "gt", "value": "900.000.000"}]})
    answer = signed_in("operator").post(
        "/rules/try/", entries(station, name="", condition=condition)
    )
    assert answer.status_code == 200
    assert not answer.context["trial"].verdict.holds
    assert "900.000.000" in answer.content.decode()
    wrong = signed_in("operator").post("/rules/try/", entries(station, email_template=""))
    assert "iframe" not in wrong.content.decode()
    assert wrong.context["invalid"].errors["email_template"]
    assert Rule.objects.count() == 1


def test_a_source_that_does_not_answer_is_one_sentence(station: Station, signed_in: SignIn) -> None:
    station.file.unlink()
    page = text(signed_in("reader"), f"/rules/{station.rule.pk}/try/")
    assert "station.sqlite3" in page
    assert "Traceback" not in page


def test_send_me_this_goes_through_the_ledger_to_the_one_who_asks(
    station: Station, signed_in: SignIn
) -> None:
    client, path = signed_in("operator"), f"/rules/{station.rule.pk}/"
    chosen = client.get(f"{path}try/").context["chosen"]
    client.post(f"{path}send-me/", {"document": chosen["key"]})
    message = Message.objects.get()
    assert message.address == "operator@estacion.test"
    assert message.dispatch.trigger == f"test:rule:{station.rule.pk}"
    assert message.dispatch.attachments.count() == 1
    assert AuditEntry.objects.filter(action="tested").exists()


def test_who_has_no_address_is_told_so(station: Station, signed_in: SignIn) -> None:
    station.users["operator"].email = ""
    station.users["operator"].save()
    client, path = signed_in("operator"), f"/rules/{station.rule.pk}/"
    chosen = client.get(f"{path}try/").context["chosen"]
    answer = client.post(f"{path}send-me/", {"document": chosen["key"]}, follow=True)
    assert [m.level_tag for m in answer.context["messages"]] == ["error"]
    assert Message.objects.count() == 0


def test_who_only_reads_along_is_not_enough(station: Station, signed_in: SignIn) -> None:
    reader = {"kind": "address", "value": "jefe@estacion.example", "copy": True}
    client = signed_in("operator")
    answer = client.post("/rules/new/", entries(station, recipients=json.dumps([reader])))
    assert answer.status_code == 422
    both = json.dumps([{"kind": "party", "usage": ""}, reader])
    client.post("/rules/new/", entries(station, recipients=both))
    assert Rule.objects.get(name="Órdenes grandes").recipients[1]["copy"] is True


def test_texts_that_had_no_sender_are_offered_once_there_is_one(
    station: Station, signed_in: SignIn, now: datetime
) -> None:
    flood(station, now)
    rule = station.rule
    rule.outcomes.update(texts=Outcome.Texts.MISSING)
    count, path = rule.outcomes.count(), f"/rules/{rule.pk}/"
    client = signed_in("operator")
    assert f"{count} mensajes al teléfono sin escribir" in text(client, "/rules/")
    page = text(client, path)
    assert "Cree un remitente; después podrá escribir" in page
    assert f"{path}texts/write/" not in page
    client.post(f"{path}texts/write/")
    assert rule.outcomes.filter(texts=Outcome.Texts.MISSING).count() == count, "still no sender"
    assert client.get(f"{path}texts/leave/").status_code == 200
    client.post(f"{path}texts/leave/")
    assert "al teléfono sin escribir" not in text(client, "/rules/")
    assert AuditEntry.objects.filter(action="dropped").count() == 1


def test_a_rule_whose_text_does_not_fit_is_refused_and_marked_in_the_list(
    station: Station, signed_in: SignIn
) -> None:
    make_starter_templates(None, now=station.rule.created_at)
    fuelling = Template.objects.get(slug="fuelling")
    client = signed_in("administrator")
    answer = client.post("/rules/new/", entries(station, email_template=fuelling.pk))
    assert answer.status_code == 422
    said = answer.content.decode()
    assert "document.vehicle.plate" in said
    assert "which “" in said or ", que «" in said
    station.rule.ways.update(template=fuelling)
    for page in ("/rules/", f"/rules/{station.rule.pk}/"):
        assert "document.vehicle.plate" in text(client, page)


def test_a_new_rule_starts_off_and_says_what_comes_next(
    station: Station, signed_in: SignIn
) -> None:
    """Point 13: a form nobody touched switches nothing on."""
    client = signed_in("operator")
    assert not client.get("/rules/new/").context["form"]["is_active"].value()
    values = {name: value for name, value in entries(station).items() if name != "is_active"}
    page = client.post("/rules/new/", values, follow=True)
    assert not Rule.objects.get(name="Órdenes grandes").is_active
    assert "está apagada" in page.content.decode()


def test_two_equal_rules_are_pointed_out_while_writing_in_the_list_and_on_the_page(
    station: Station, signed_in: SignIn
) -> None:
    """Point 13: pointed out, not refused."""
    client = signed_in("operator")
    same = entries(station, condition="{}", recipients=json.dumps(station.rule.recipients))
    said = client.post("/rules/sentence/", same).content.decode()
    assert "dice lo mismo que «Orden al proveedor»" in said
    page = client.post("/rules/new/", same, follow=True).content.decode()
    assert "dice lo mismo que «Orden al proveedor»" in page
    made = Rule.objects.get(name="Órdenes grandes")
    assert "dice lo mismo que «Órdenes grandes»" in text(client, f"/rules/{station.rule.pk}/")
    listed = text(client, "/rules/")
    assert listed.count("dice lo mismo que") == 2
    own = client.post("/rules/sentence/", same | {"rule": made.pk}).content.decode()
    assert "«Órdenes grandes»" not in own.partition("dice lo mismo")[2]


def test_only_the_texts_of_the_process_are_offered(station: Station, signed_in: SignIn) -> None:
    """Point 13: an order is not confirmed with the words of a till's closing."""
    offered = signed_in("operator").get("/rules/new/").context["vocabulary"]["what"]
    fitting = offered[f"{station.source.pk}:purchase_order"]["templates"]
    slugs = set(Template.objects.filter(pk__in=fitting).values_list("slug", flat=True))
    assert {"purchase-order", "purchase-order-changed", "digest"} <= slugs
    assert slugs.isdisjoint({"cash-closing", "quotation", "alert", "morning-list"})


def test_what_only_saving_finds_wrong_stands_on_its_line_in_the_trial_too(
    station: Station, signed_in: SignIn
) -> None:
    """Point 13: by field and by row, so that the editor marks it where it stands."""
    people = [{"kind": "party"}, {"kind": "address", "value": "0981 123 456"}]
    answer = signed_in("operator").post(
        "/rules/try/", entries(station, recipients=json.dumps(people), digest="day", reminders="3")
    )
    wrong = answer.context["invalid"].wrong()
    assert list(wrong["rows"]["recipients"]) == ["1"]
    assert "reminders" in wrong["fields"]
    page = answer.content.decode()
    assert 'id="trial-errors"' in page
    assert "Destinatarios:" in page
    assert "Recipients" not in page
