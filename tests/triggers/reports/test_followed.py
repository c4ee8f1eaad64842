"""A reader chosen among the contacts is followed: to his new address, in his language, or told."""

import pytest
import typer

from emailketing.audience.people import address_now
from emailketing.cli.rule_parts import parse_recipient
from emailketing.configuration.audience import by_name, by_number
from emailketing.configuration.kind import ConfigurationInvalid
from emailketing.contacts.models import Contact
from emailketing.schedule.models import Run
from emailketing.triggers.reports.definition.save import ReportInvalid, save_report
from emailketing.triggers.reports.models import Report
from emailketing.web.console.reports.people import by_address, read_address, written
from tests.triggers.reports.cast import NOW, ReportCast, messages

pytestmark = pytest.mark.django_db
CHOSEN = "Ana <ana@shop.example>"
BOSS = {"kind": "address", "value": "boss@shop.example"}


@pytest.fixture
def ana(cast: ReportCast) -> Contact:
    cast.sell(("Central", "ana", 100))
    return cast.contact("Ana", "ana@shop.example", language="pt")


def report_to(cast: ReportCast, *recipients: object) -> Report:
    return cast.report(recipients=list(recipients))


def test_she_is_written_to_where_she_is_now_in_her_language(cast: ReportCast, ana: Contact) -> None:
    report = report_to(cast, read_address(CHOSEN, {}))
    ana.addresses.update(value="ana@new.example")
    cast.run(report)
    (message,) = messages()
    assert (message.address, message.language) == ("ana@new.example", "pt")


def test_the_address_that_was_chosen_comes_before_another_of_hers(
    cast: ReportCast, ana: Contact
) -> None:
    ana.addresses.update(position=1)
    ana.addresses.create(value="first@shop.example", position=0)
    cast.run(report_to(cast, read_address(CHOSEN, {})))
    assert [message.address for message in messages()] == ["ana@shop.example"]


def test_an_address_that_is_only_typed_stays_that_address(cast: ReportCast, ana: Contact) -> None:
    report = report_to(cast, read_address("ana@shop.example", {}))
    ana.addresses.update(value="ana@new.example")
    cast.run(report)
    assert [message.address for message in messages()] == ["ana@shop.example"]


@pytest.mark.parametrize(
    ("becomes", "told"),
    [
        ("deleted", "The contact Ana was deleted: choose somebody else."),
        ("inactive", "Ana is no longer active in the business system."),
    ],
)
def test_what_became_of_her_is_told_and_the_others_are_written_to(
    cast: ReportCast, ana: Contact, becomes: str, told: str
) -> None:
    report = report_to(cast, read_address(CHOSEN, {}), BOSS)
    if becomes == "deleted":
        ana.delete()
    else:
        Contact.objects.update(is_active=False)
    run = cast.run(report)
    assert (run.state, run.in_words) == (Run.State.SENT, told)
    assert [message.address for message in messages()] == ["boss@shop.example"]
    if becomes == "deleted":
        with pytest.raises(ReportInvalid, match="Ana was deleted"):
            save_report(report, by="t", now=NOW)


def test_the_editor_shows_where_she_is_now_and_keeps_following_her(ana: Contact) -> None:
    chosen = read_address(CHOSEN, {})
    assert chosen["contact"] == ana.pk
    assert "language" not in chosen
    ana.addresses.update(value="ana@new.example")
    assert written(chosen) == "Ana <ana@new.example>"
    assert read_address(written(chosen), by_address([chosen])) == {
        **chosen,
        "value": "ana@new.example",
    }


def test_by_command_she_is_chosen_by_name_or_address(cast: ReportCast, ana: Contact) -> None:
    wanted = {
        "kind": "address",
        "value": "ana@shop.example",
        "name": "Ana",
        "contact": ana.pk,
    }
    assert parse_recipient("contact:ana") == wanted
    assert parse_recipient("copy:contact:ana@shop.example") == wanted | {"copy": True}
    cast.contact("Ana", "other@shop.example")
    for text in ("contact:Ana", "contact:nobody"):
        with pytest.raises(typer.Exit):
            parse_recipient(text)


def test_the_file_names_her_and_another_installation_finds_its_own(ana: Contact) -> None:
    told = by_name(read_address(CHOSEN, {}), {})
    assert told == {
        "kind": "address",
        "value": "ana@shop.example",
        "name": "Ana",
        "contact": True,
    }
    assert address_now(by_number(told)) == "ana@shop.example"
    assert by_number(told)["contact"] == ana.pk
    ana.delete()
    with pytest.raises(ConfigurationInvalid, match="no contact Ana with the address"):
        by_number(told)
