"""The whole configuration as one file: out, compared, in; all or nothing, secrets stay."""

import tomllib
from datetime import time
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st

from emailketing.audience.models import Choice
from emailketing.channels.models import Sender
from emailketing.configuration import (
    ConfigurationInvalid,
    apply,
    diff,
    export_configuration,
    switches,
)
from emailketing.configuration.toml import _value
from emailketing.contacts.models import Contact, Role
from emailketing.content.models import Revision, Template
from emailketing.content.save import Texts, save_revision
from emailketing.sources.models import Source
from emailketing.triggers.notifications.models import Rule
from emailketing.triggers.notifications.rules.pack import make_pack
from emailketing.triggers.notifications.rules.save import save_rule, switch
from tests.triggers.cast import NOW, Cast

WORD, OTHER = "s3cret-word", "oth3r-word"
pytestmark = pytest.mark.django_db


@pytest.fixture
def cast(db: None) -> Cast:
    cast = Cast()
    cast.sender.username, cast.sender.password = "avisos", WORD
    cast.sender.save()
    cast.source.password = OTHER
    cast.source.save()
    cast.company.quiet_from, cast.company.quiet_to = time(21), time(7)
    cast.company.save()
    cast.rule.recipients = [{"kind": "role", "role": cast.management.pk, "copy": True}]
    cast.rule.fallback = {"kind": "address", "value": "a@shop.example"}
    cast.rule.window = {"days": [0, 1], "from": "08:00", "to": "18:00"}
    save_rule(cast.rule, by="t", now=NOW)
    return cast


def test_what_is_written_out_is_what_is_here_and_holds_no_secret(cast: Cast) -> None:
    text = export_configuration()
    assert diff(text) == []
    assert "s3cret" not in text
    assert "oth3r" not in text
    assert "password" not in text
    assert '[[rule]]\nsource = "shop"\nname = "Order to the supplier"' in text
    assert '"role" = "Management"' in text or 'role = "Management"' in text


def test_an_empty_place_becomes_the_same(cast: Cast) -> None:
    make_pack(cast.source, by="t", now=NOW)
    text = export_configuration()
    for model in (Rule, Revision, Template, Sender, Contact, Role, Source):
        model._base_manager.all().delete()
    found = diff(text)
    assert {one.word for one in found if one.is_new} >= {"sender", "source", "template", "rule"}
    applied = apply(text, by="ana", now=NOW)
    assert len(applied.differences) == len(found)
    sender = Sender.objects.get()
    assert (sender.is_active, sender.password, sender.username) == (False, "", "avisos")
    rule = Rule.objects.get(name="Order to the supplier")
    assert rule.recipients == [
        {"kind": "role", "role": Role.objects.get(name="Management").pk, "copy": True}
    ]
    # what wrote elsewhere does not begin to write here unseen
    assert (rule.is_active, rule.window["from"]) == (False, "08:00")
    assert (
        "Order to the supplier is new here and starts switched off: try it, then switch it on."
        in applied.notices
    )
    assert [c.name for c in Role.objects.get(name="Management").contacts.all()] == ["Rosa"]
    assert any("check its database" in notice for notice in applied.notices)
    # what is left: the switches and servers of this place
    assert apply(text, by="ana", now=NOW).differences == []


def test_a_change_is_shown_field_by_field_and_taken_over(cast: Cast) -> None:
    text = export_configuration()
    cast.write("es", "Otro asunto", "Hola {{ recipient.name }}")
    Rule.objects.update(daily_cap=3)
    (template, rule) = diff(text)
    assert [(c.label, c.before, c.after) for c in template.changes] == [
        ("es.subject", "Otro asunto", "{{ document.label }}")
    ]
    assert [(c.label, c.before, c.after) for c in rule.changes] == [
        ("per person and day at most", "3", "")
    ]
    apply(text, by="ana", now=NOW)
    assert Rule.objects.get().daily_cap is None
    newest = cast.template.current("es")
    assert newest is not None
    assert (newest.subject, newest.created_by) == ("{{ document.label }}", "ana")
    assert diff(text) == []


def test_a_rule_is_switched_here_and_not_by_the_file(cast: Cast) -> None:
    text = export_configuration()
    assert switches(text) == []
    switch(cast.rule, on=False, by="t", now=NOW)
    assert diff(text) == []
    assert switches(text) == [
        "Order to the supplier stays switched off: rules are switched here, not by the file."
    ]
    apply(text.replace("a@shop.example", "b@shop.example"), by="ana", now=NOW)
    cast.rule.refresh_from_db()
    assert (cast.rule.is_active, cast.rule.fallback["value"]) == (False, "b@shop.example")


def test_a_rule_taken_over_beside_one_that_says_the_same_is_pointed_out(cast: Cast) -> None:
    text = export_configuration()
    cast.rule.name = "The same, made by hand"
    cast.rule.save()
    assert apply(text, by="ana", now=NOW).notices[-1] == (
        "Order to the supplier: It says the same as “The same, made by hand”: the same people "
        "would be written to twice. Switch one of the two off, or delete it."
    )


@pytest.mark.parametrize(
    ("written", "read"),
    [("1,000,000", "1000000"), ("Gs. 1.000.000", "1000000"), ("1.000", "1000"), ("12.5", "")],
)
def test_amounts_of_a_file_are_read_or_asked_about(cast: Cast, written: str, read: str) -> None:
    """Point 13, by file: guaraníes have no cents, so a part of one is a mistake."""
    leaf = {"field": "totals.total", "op": "gte", "value": "7", "currency": "PYG"}
    cast.rule.condition = {"all": [leaf]}
    save_rule(cast.rule, by="t", now=NOW)
    text = export_configuration().replace('value = "7"', f'value = "{written}"')
    assert written in text
    if not read:
        with pytest.raises(ConfigurationInvalid, match=r"12\.5"):
            apply(text, by="ana", now=NOW)
        return
    apply(text, by="ana", now=NOW)
    cast.rule.refresh_from_db()
    assert cast.rule.condition == {"all": [leaf | {"value": read}]}


def test_servers_databases_and_secrets_of_this_place_stay(cast: Cast) -> None:
    """S22: a kept password never goes to another server."""
    text = export_configuration().replace("smtp.shop.example", "evil.example")
    text = text.replace('database = "/none"', 'database = "/other"')
    assert diff(text) == []
    apply(text.replace('from_name = ""', 'from_name = "Avisos"'), by="ana", now=NOW)
    sender = Sender.objects.get()
    assert (sender.host, sender.password, sender.from_name) == (
        "smtp.shop.example",
        "s3cret-word",
        "Avisos",
    )
    assert Source.objects.get().database == "/none"


def test_all_or_nothing(cast: Cast) -> None:
    text = export_configuration().replace('name = "Estación"', 'name = "Otra"', 1)
    broken = text.replace('subject = "{{ document.label }}"', 'subject = "{{ document.lab"', 1)
    with pytest.raises(ConfigurationInvalid) as raised:
        apply(broken, by="ana", now=NOW)
    assert str(raised.value).startswith("template “order”: ")
    cast.company.refresh_from_db()
    assert cast.company.name == "Estación"


def test_a_rule_that_cannot_be_on_here_is_taken_over_off_and_said(cast: Cast) -> None:
    words = Template.objects.create(slug="sms", name="sms", channel="sms")
    save_revision(
        words, language="es", texts=Texts("", "", "Hola", "short"), sample=None, by="t", now=NOW
    )
    cast.rule.delivery = "phone"
    cast.rule.choose("sms", template=words)
    cast.rule.save()
    text = export_configuration().replace('"a@shop.example"', '"0981 123 456"')
    Rule.objects.all().delete()
    applied = apply(text, by="ana", now=NOW)
    assert applied.notices == [
        "Order to the supplier is switched off: There is no active sender for SMS. Make one under"
        " Senders."
    ]
    assert not Rule.objects.get().is_active


def older(text: str) -> str:
    """Write the ways of the only rule as 0.1.0 did."""
    ways = next(line for line in text.splitlines() if line.startswith("ways = "))
    return text.replace(ways, 'template = "order"\nsms_template = "sms"\nphone_sender = "Tigo"')


def test_a_file_of_0_1_0_is_read_and_its_sender_goes_to_its_channel(cast: Cast) -> None:
    sms = Template.objects.create(slug="sms", name="sms", channel="sms")
    save_revision(
        sms, language="es", texts=Texts("", "", "Hola", "short"), sample=None, by="t", now=NOW
    )
    tigo = Sender.objects.create(name="Tigo", channel="sms", kind="kannel", host="127.0.0.1")
    text = older(export_configuration())
    apply(text, by="ana", now=NOW)
    rule = Rule.objects.get()
    assert rule.choices == {"email": Choice(cast.template), "sms": Choice(sms, tigo)}
    assert diff(text) == []
    (changed,) = diff(text.replace('phone_sender = "Tigo"', 'phone_sender = ""'))
    assert [change.label for change in changed.changes] == ["ways of a rule"]
    rule.choose("whatsapp", template=cast.template)
    rule.save()
    assert diff(text) == [], "what it does not name stays"


@pytest.mark.parametrize(
    ("ways", "said"),
    [
        ('[{ channel = "owl" }]', "There is no channel “owl”. There are: email, sms, whatsapp."),
        ('[{ way = "email" }]', "Each of “ways” is written so"),
        ('["email"]', "Each of “ways” is written so"),
        ('[{channel = "sms"}, {channel = "sms"}]', "“ways” names the channel “sms” twice"),
        ("[]", "Choose a template."),
    ],
)
def test_ways_that_cannot_be_are_said(cast: Cast, ways: str, said: str) -> None:
    text = export_configuration().replace('[{ channel = "email", template = "order" }]', ways)
    with pytest.raises(ConfigurationInvalid) as raised:
        apply(text, by="ana", now=NOW)
    assert said in str(raised.value)


def test_hours_that_never_open_are_refused(cast: Cast) -> None:
    text = export_configuration().replace('from = "08:00"', 'from = "22:00"')
    text = text.replace('to = "18:00"', 'to = "23:00"')
    with pytest.raises(ConfigurationInvalid) as raised:
        apply(text, by="ana", now=NOW)
    assert "These hours never open" in str(raised.value)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("format = 1", "format = 9", "not a configuration file of this version"),
        ("format = 1", "format = ", "not well formed"),
        ("[[rule]]", "[[rulle]]", "[rulle]"),
        ("digest_hour = 7", 'digest_hour = "seven"', "“digest_hour” has the wrong kind of value"),
        ("digest_hour = 7", "digest_our = 7", "digest_our"),
        ('template = "order"', 'template = "ordr"', "There is no template “ordr”"),
        ('role = "Management"', 'role = "Managment"', "There is no role “Managment”"),
        ("[[sender]]", '[[brand]]\nname = "X"\nlogo = "abc"\n[[sender]]', "logo cannot be read"),
        ('from_name = ""', 'from_name = "a\\u0000"', "“from_name” has a sign that cannot be kept"),
        ('name = "Management"', 'name = "\\u0000"', "[role] ␀: “name” has a sign"),
        ("condition = {}", 'condition = { all = ["x"] }', "A condition names no field"),
        ("[template.texts.es]", "[template.texts]\nxx = 1\n[template.texts.es]", "“texts” has the"),
        ("[[sender]]", f'[[source]]\nslug = "x"\nconnector = "{"x" * 300}"\n[[sender]]', "“x”: "),
    ],
)
def test_a_mistake_is_named_with_its_place(cast: Cast, old: str, new: str, said: str) -> None:
    text = export_configuration()
    assert old in text
    with pytest.raises(ConfigurationInvalid) as raised:
        apply(text.replace(old, new), by="ana", now=NOW)
    assert said in str(raised.value)


JSON = st.recursive(
    st.text(st.characters(exclude_categories=["Cs"])) | st.integers() | st.booleans(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text("aé.'\" \n"), inner),
    max_leaves=8,
)


@given(JSON)
def test_every_value_comes_back_as_it_was(value: Any) -> None:
    assert tomllib.loads(f"value = {_value(value)}")["value"] == value


def test_comparing_reads_each_kind_once(cast: Cast) -> None:
    make_pack(cast.source, by="t", now=NOW)
    text = export_configuration()
    with CaptureQueriesContext(connection) as asked:
        assert diff(text) == []
    rules = [one for one in asked if 'FROM "notifications_rule"' in one["sql"]]
    assert len(rules) == 1
