"""Over which channel a rule writes, and that one person hears of it once for each channel."""

from typing import Any

import pytest

from emailketing.accounts.models import User
from emailketing.channels.models import Sender
from emailketing.contacts.models import Address, Contact
from emailketing.content.models import Template
from emailketing.content.save import Texts, save_revision
from emailketing.outbox.models import Message
from emailketing.outbox.queueing.dispatch import Recipient
from emailketing.triggers.notifications.firing.fire import fire_due
from emailketing.triggers.notifications.firing.texts import (
    has_phone_way,
    leave_missing,
    missing_texts,
    write_missing,
)
from emailketing.triggers.notifications.models import Outcome, Rule
from emailketing.triggers.notifications.rules.save import RuleInvalid, problem_of, save_rule, switch
from emailketing.triggers.notifications.trying.send_trial import TrialFailed, send_trial
from emailketing.triggers.notifications.trying.try_out import try_rule
from tests.sources.test_write_down import too_long_for_our_database
from tests.triggers.cast import NOW, Cast

pytestmark = pytest.mark.django_db
Result = Outcome.Result
MAIL, MOBILE = "compras@nanduti.example", "+595981123456"


class Phones(Cast):
    """The supplier has a mobile; there are words and senders for the phone."""

    def __init__(self) -> None:
        super().__init__()
        self.gateway = Sender.objects.create(
            name="SMS", channel="sms", kind="http", from_address="1234", is_default=True
        )
        self.whatsapp = Sender.objects.create(
            name="WA", channel="whatsapp", kind="whatsapp", from_address="5959", is_active=False
        )
        self.sms = self.phone_template("order-sms", "sms", "short", "")
        self.approved = self.phone_template("order-wa", "whatsapp", "approved", "order_ready")
        self.mobile("0981 123 456")

    def phone_template(self, slug: str, channel: str, style: str, subject: str) -> Template:
        template = Template.objects.create(
            slug=slug, name=slug, channel=channel, document_type="purchase_order"
        )
        texts = Texts(subject, "", "{{ document.number }}", style)
        for language in ("es", "en", "pt"):
            save_revision(template, language=language, texts=texts, sample=None, by="t", now=NOW)
        return template

    def mobile(self, value: str, *, usage: str = "") -> Address:
        return self.supplier.addresses.create(kind="phone", value=value, usage=usage)

    def by(self, delivery: str, **ways: dict[str, Any]) -> Outcome:
        """Let the rule write so, about one event."""
        self.rule.delivery = delivery
        for channel, parts in {"sms": {"template": self.sms}, **ways}.items():
            self.rule.choose(channel, **parts)
        save_rule(self.rule, by="t", now=NOW)
        return self.judge()


@pytest.fixture
def cast(db: None) -> Phones:
    return Phones()


def sent() -> list[tuple[str, str, list[tuple[str, str]]]]:
    return [
        (m.channel, m.address, [(other["channel"], other["address"]) for other in m.alternatives])
        for m in Message.objects.order_by("pk")
    ]


@pytest.mark.parametrize(
    ("delivery", "expected"),
    [
        ("email", [("email", MAIL, [])]),
        ("phone", [("sms", MOBILE, [])]),
        ("both", [("email", MAIL, []), ("sms", MOBILE, [])]),
        ("email_first", [("email", MAIL, [("sms", MOBILE)])]),
        ("phone_first", [("sms", MOBILE, [("email", MAIL)])]),
        ("contact", [("email", MAIL, [("sms", MOBILE)])]),
    ],
)
def test_a_rule_writes_as_it_says(cast: Phones, delivery: str, expected: list[Any]) -> None:
    assert cast.by(delivery).result == Result.SENT
    assert sent() == expected


@pytest.mark.parametrize(
    ("order", "expected"),
    [
        ({"any": ["sms", "email"]}, [("sms", MOBILE, [("email", MAIL)])]),
        ({"any": ["sms"]}, [("sms", MOBILE, [])]),
        ({"any": ["sms"], "document": ["email"]}, [("email", MAIL, [])]),
        ({"any": ["whatsapp"]}, [("email", MAIL, [("sms", MOBILE)])]),
    ],
)
def test_each_person_is_written_to_as_this_person_prefers(
    cast: Phones, order: dict[str, Any], expected: list[Any]
) -> None:
    cast.supplier.channel_order = order
    cast.supplier.save()
    assert cast.by("contact").result == Result.SENT
    assert sent() == expected


def test_whatsapp_goes_before_sms_where_it_has_words_and_a_sender(cast: Phones) -> None:
    cast.whatsapp.is_active = True
    cast.whatsapp.save()
    cast.by("phone", whatsapp={"template": cast.approved})
    assert sent() == [("whatsapp", MOBILE, [("sms", MOBILE)])]


def test_the_sender_chosen_for_the_phone_decides_what_is_tried_first(cast: Phones) -> None:
    cast.whatsapp.is_active = True
    cast.whatsapp.save()
    cast.rule.choose("sms", sender=cast.gateway)
    cast.by("phone", whatsapp={"template": cast.approved})
    assert sent() == [("sms", MOBILE, [("whatsapp", MOBILE)])]


def test_without_a_mobile_it_is_said_and_the_mail_goes_all_the_same(cast: Phones) -> None:
    cast.supplier.addresses.filter(kind="phone").update(value="021 555 010")
    outcome = cast.by("phone")
    assert (outcome.result, outcome.detail) == (
        Result.NO_ADDRESS,
        "Ñandutí S.A. has no mobile phone.",
    )
    cast.rule.repeat = Rule.Repeat.EVERY
    assert cast.by("both").result == Result.SENT
    assert sent() == [("email", MAIL, [])]


def test_a_number_that_stands_in_the_document_is_written_to_once(cast: Phones) -> None:
    people = [{"kind": "field", "path": "driver.phone"}, {"kind": "party", "usage": "pedidos"}]
    cast.rule.recipients = people
    cast.rule.delivery = "phone"
    cast.rule.choose("sms", template=cast.sms)
    cast.rule.save()
    outcome = cast.judge(driver={"name": "Luis", "phone": "0981-123456"})
    assert outcome.result == Result.SENT
    (message,) = Message.objects.all()
    assert (message.address, message.name) == (MOBILE, "Luis")
    assert (
        message.why == "stands in the document: driver.phone; party of the document, address"
        " for Orders"
    )


def test_one_person_with_two_roles_gets_one_message_for_each_channel(cast: Phones) -> None:
    cast.boss.addresses.create(kind="phone", value="0982 222 333")
    buying = type(cast.management).objects.create(name="Buying")
    buying.contacts.add(cast.boss)
    cast.rule.recipients = [
        {"kind": "role", "role": cast.management.pk},
        {"kind": "role", "role": buying.pk},
        {"kind": "address", "value": "ROSA@shop.example"},
    ]
    cast.by("both")
    assert [m[:2] for m in sent()] == [
        ("email", "rosa@shop.example"),
        ("sms", "+595982222333"),
    ]
    first = Message.objects.order_by("pk")[0]
    assert first.why == "has the duty Management; has the duty Buying; named in the rule"


def test_who_did_it_is_left_out_by_name_and_by_address(cast: Phones) -> None:
    cast.rule.leaves_out_actor = True
    cast.rule.recipients = [{"kind": "role", "role": cast.management.pk}]
    cast.rule.save()
    event = cast.happen()
    event.actor = "rosa"
    event.save()
    fire_due(NOW)
    outcome = cast.outcome(event)
    assert (outcome.result, outcome.detail) == (
        Result.CONDITION,
        "only Rosa would have heard of it, who did it",
    )
    User.objects.create(username="rbenitez", email="rosa@shop.example")
    other = cast.happen(key="18")
    other.actor = "RBenitez"
    other.save()
    fire_due(NOW)
    assert cast.outcome(other).result == Result.CONDITION
    unknown = cast.happen(key="19")  # nobody is left out on a guess
    fire_due(NOW)
    assert cast.outcome(unknown).result == Result.SENT


@pytest.mark.parametrize(
    ("more", "sentence"),
    [
        ({"delivery": "phone"}, "The rule has no text for the phone. Choose one."),
        (
            {"recipients": [{"kind": "address", "value": "0981 123 456"}]},
            "“+595981123456” is a phone; this rule writes by e-mail only.",
        ),
        (
            {"recipients": [{"kind": "address", "value": "rosa"}]},
            "“rosa” is not understood as an e-mail address.",
        ),
        (
            {"recipients": [{"kind": "field", "path": "chauffeur_.phone"}]},
            "The field “chauffeur_.phone” does not exist. Choose another in the rule.",
        ),
        ({"window": {"days": []}}, "No day of the week is chosen: nothing would ever leave."),
        ({"remind_days": [7, 7]}, "Each reminder has its own day, and there are at most twenty."),
        ({"remind_from": "number"}, "“number” is no date of the document."),
        ({"digest": "day", "is_urgent": True}, "What is urgent is told at once: take away one of"),
    ],
)
def test_what_cannot_work_is_refused_in_one_sentence(
    cast: Phones, more: dict[str, Any], sentence: str
) -> None:
    with pytest.raises(RuleInvalid) as raised:
        cast.make_rule(**more)
    assert str(raised.value).startswith(sentence)


def test_a_mail_address_is_refused_where_only_the_phone_is_used(cast: Phones) -> None:
    with pytest.raises(RuleInvalid) as raised:
        cast.make_rule(
            delivery="phone",
            ways={"sms": {"template": cast.sms}},
            recipients=[{"kind": "address", "value": "rosa@shop.example"}],
        )
    assert "this rule writes by phone only" in str(raised.value)


def test_only_an_active_rule_needs_an_active_sender(cast: Phones) -> None:
    Sender.objects.filter(channel="sms").update(is_active=False)
    rule = cast.make_rule(delivery="phone", ways={"sms": {"template": cast.sms}}, is_active=False)
    with pytest.raises(RuleInvalid) as raised:
        switch(rule, on=True, by="t", now=NOW)
    assert str(raised.value) == "There is no active sender for SMS. Make one under Senders."
    rule.refresh_from_db()
    assert not rule.is_active


def test_beside_a_mail_the_missing_gateway_is_said_and_the_mail_goes(cast: Phones) -> None:
    Sender.objects.filter(channel="sms").delete()
    outcome = cast.by("both")
    assert (outcome.result, outcome.detail) == (
        Result.SENT,
        "There is no active sender for SMS. Make one under Senders.",
    )
    assert sent() == [("email", MAIL, [])]


def test_s35_a_text_waits_for_its_gateway_that_is_switched_off(cast: Phones) -> None:
    Sender.objects.filter(channel="sms").update(is_active=False)
    outcome = cast.by("both")
    name = Sender.objects.get(channel="sms").name
    assert (outcome.result, outcome.detail) == (
        Result.SENT,
        f"It waits until the sender “{name}” is switched on.",
    )
    assert {channel for channel, _address, _later in sent()} == {"email", "sms"}


def test_a_sender_that_went_away_later_is_said_in_the_outcome(cast: Phones) -> None:
    cast.rule.delivery = "phone"
    cast.rule.choose("sms", template=cast.sms)
    cast.rule.save()
    Sender.objects.filter(channel="sms").delete()
    outcome = cast.judge()
    assert (outcome.result, outcome.detail) == (
        Result.FAILED,
        "There is no active sender. Make one under Senders.",
    )


def test_a_missing_parameter_is_a_failed_outcome_and_can_be_tried_again(cast: Phones) -> None:
    """R25: a text that cannot be written for anybody leaves the key free."""
    rule = cast.rule
    rule.repeat = Rule.Repeat.ONCE
    rule.save()
    texts = Texts("{{ document.label }}", "", "Pump {{ document.pump }}")
    save_revision(
        cast.template,
        language="pt",
        texts=texts,
        sample={"pump": "3", "label": "OC"},
        by="t",
        now=NOW,
    )
    outcome = cast.judge()
    assert outcome.result == Result.FAILED
    assert "not there" in outcome.detail
    assert not Message.objects.exists()
    cast.write("pt", "{{ document.label }}", "Hola")
    assert cast.judge().result == Result.SENT


def test_a_party_deleted_between_save_and_send_is_said(cast: Phones) -> None:
    event = cast.happen()
    Contact.objects.filter(pk=cast.supplier.pk).update(is_active=False)
    fire_due(NOW)
    assert cast.outcome(event).detail == (
        "Ñandutí S.A. is no longer active in the business system."
    )


def test_trying_shows_the_words_of_every_channel(cast: Phones) -> None:
    cast.by("both")
    event = cast.happen(key="18")
    trial = try_rule(cast.rule, event.data["document"])
    assert trial.mails["pt"].subject == "Order OC-18"
    assert trial.phones["sms"]["pt"].text.strip() == "OC-18"
    to = Recipient(address="0981 999 999", channel="sms")
    assert send_trial(cast.rule, event.data["document"], to=to, by="t", now=NOW).messages == 1
    over = Recipient(address="0981 999 999", channel="whatsapp")
    with pytest.raises(TrialFailed):
        send_trial(cast.rule, event.data["document"], to=over, by="t", now=NOW)


def test_a_trial_our_database_cannot_keep_is_said_in_a_sentence(cast: Phones) -> None:
    cast.by("email")
    event = cast.happen(key="19")
    written = Message.objects.count()
    to = Recipient(address="ana@shop.test", language="español de Asunción")
    with too_long_for_our_database() as text, pytest.raises(TrialFailed, match="database"):
        send_trial(cast.rule, event.data["document"] | {"note": text}, to=to, by="t", now=NOW)
    assert Message.objects.count() == written


def without_a_gateway(cast: Phones, rule: Rule, count: int) -> Sender:
    """Let documents be told by mail only, then make the sender that was missing."""
    Sender.objects.filter(channel="sms").delete()
    assert "There is no sender for SMS" in problem_of(rule, now=NOW)
    for number in range(count):
        cast.happen(key=f"2{number}")
    fire_due(NOW)
    assert {channel for channel, _address, _later in sent()} == {"email"}
    assert missing_texts(rule).count() == count
    assert not has_phone_way(rule)
    return Sender.objects.create(name="SMS", channel="sms", kind="http", from_address="1234")


def test_texts_without_a_sender_are_offered_and_written_when_there_is_one(cast: Phones) -> None:
    Rule.objects.all().delete()
    rule = cast.make_rule(name="Both", delivery="both", ways={"sms": {"template": cast.sms}})
    without_a_gateway(cast, rule, 3)
    assert problem_of(rule, now=NOW) == ""
    assert fire_due(NOW) == 0, "nobody has decided yet"
    assert write_missing(rule, by="t", now=NOW) == 3
    assert fire_due(NOW) == 3
    assert [s for s in sent() if s[0] == "sms"] == [("sms", MOBILE, [])] * 3
    assert len(sent()) == 6, "no mail goes twice"
    assert (fire_due(NOW), missing_texts(rule).count()) == (0, 0)
    assert set(Outcome.objects.values_list("texts", flat=True)) == {"written"}


def test_texts_that_are_left_are_not_offered_again(cast: Phones) -> None:
    Rule.objects.all().delete()
    rule = cast.make_rule(name="Both", delivery="both", ways={"sms": {"template": cast.sms}})
    without_a_gateway(cast, rule, 2)
    assert leave_missing(rule, by="t", now=NOW) == 2
    assert (write_missing(rule, by="t", now=NOW), fire_due(NOW)) == (0, 0)
    assert {channel for channel, _address, _later in sent()} == {"email"}
