"""Special dates by clicking: taken, looked at, skipped, sent to oneself, asked about (O5)."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from emailketing.accounts.models import User
from emailketing.contacts.models import Contact
from emailketing.listings.models import ListingRight
from emailketing.outbox.models import Message
from emailketing.triggers.occasions.models import DatesRead, DoubtfulDay, Occasion, Skip
from emailketing.triggers.occasions.running.read_dates import read_dates_due
from tests.triggers.occasions.cast import BEFORE, date_of, person, senders
from tests.triggers.occasions.listed_cast import DAY, Fleet, owner

SignIn = Callable[[str], Client]
FORM = {
    "name": "Cumpleaños",
    "what": "birth",
    "offset": "0",
    "written": "",
    "hours_from": "09:00",
    "hours_to": "18:00",
    "delivery": "both",
    "late": "same",
    "leap_day": "feb28",
    "traits": "",
}


@pytest.fixture
def client(staff: dict[str, Any], signed_in: SignIn) -> Client:
    del staff
    senders()
    return signed_in("operator")


def tomorrow() -> Any:
    return timezone.localdate() + timedelta(days=1)


def born_tomorrow(name: str = "Ana") -> Any:
    made = person(name, "")
    date_of(made, f"1980-{tomorrow():%m-%d}")
    return made


def test_a_birthday_is_made_seen_skipped_and_sent_to_oneself(client: Client) -> None:
    ana = born_tomorrow()
    answer = client.post("/occasions/new/", FORM)
    made = Occasion.objects.get()
    assert answer.headers["Location"] == f"/occasions/{made.pk}/"
    assert (made.day, made.is_active) == ({"kind": "person", "date": "birth", "offset": 0}, False)
    page = client.get("/calendar/").content.decode()
    assert "Ana" in page
    assert "SMS" in page
    day = f"{tomorrow():%Y-%m-%d}"
    assert "Ana" in client.get(f"/calendar/{made.pk}/{day}/").content.decode()
    sent = {"day": day, "contact": str(ana.pk), "of": "", "next": "/calendar/"}
    assert client.post(f"/occasions/{made.pk}/skip/", sent).headers["Location"] == "/calendar/"
    assert Skip.objects.get().contact == ana
    client.post(f"/occasions/{made.pk}/skip/", sent | {"undo": "1"})
    assert not Skip.objects.exists()
    User.objects.filter(username="operator").update(email="op@x.test")
    client.post(f"/occasions/{made.pk}/send-me/", sent)
    message = Message.objects.get()
    assert (message.address, message.mail_class) == ("op@x.test", "transactional")
    assert "Ana" in message.subject
    client.post(f"/occasions/{made.pk}/switch/", {"on": "1"})
    made.refresh_from_db()
    assert made.is_active
    assert "Cumpleaños" in client.get("/occasions/").content.decode()
    assert (
        client.post(
            f"/occasions/{made.pk}/edit/", FORM | {"what": "", "written": "mañana"}
        ).status_code
        == 422
    )
    assert client.get(f"/occasions/{made.pk}/").status_code == 200


def test_a_ready_one_is_taken(client: Client) -> None:
    client.post("/occasions/take/", {"name": "christmas"})
    made = Occasion.objects.get()
    assert made.day["day"] == 24
    assert made.template is not None
    assert not made.is_active


def test_the_search_finds_it(client: Client) -> None:
    client.post("/occasions/new/", FORM)
    page = client.get("/search/", {"q": "cumpleanos"}).content.decode()
    assert "Fechas especiales" in page
    assert f'href="/occasions/{Occasion.objects.get().pk}/"' in page


@pytest.mark.parametrize(
    ("kind", "written", "day"),
    [
        ("birth", "1980-02-29", "29 de febrero de 1980"),
        ("birth", "1753-02-28", "28 de febrero"),
        ("opened", "1900-02-29", "29 de febrero"),  # no day of that year, which a program filled in
    ],
)
def test_a_persons_page_says_the_day_whatever_its_year(
    client: Client, kind: str, written: str, day: str
) -> None:
    ana = person("Ana", "")
    date_of(ana, written, kind=kind)
    page = client.get(f"/people/{ana.pk}/")
    assert page.status_code == 200
    assert day in page.content.decode()


def test_an_open_question_is_answered_on_its_page(client: Client) -> None:
    client.post("/occasions/new/", FORM)
    made = Occasion.objects.get()
    doubt = DoubtfulDay.objects.create(
        occasion=made, month=1, day=1, people=60, of=80, asked_at=BEFORE
    )
    assert "60 de 80" in client.get(f"/occasions/{made.pk}/").content.decode()
    client.post(f"/occasions/{made.pk}/answer/", {"doubt": doubt.pk, "answer": "leave"})
    doubt.refresh_from_db()
    assert doubt.answer == "leave"


def test_who_may_only_look_changes_nothing(client: Client, signed_in: SignIn) -> None:
    client.post("/occasions/new/", FORM)
    made = Occasion.objects.get()
    reader = signed_in("reader")
    for page in ("/occasions/", "/calendar/", f"/occasions/{made.pk}/"):
        assert reader.get(page).status_code == 200
    for page in ("new/", f"{made.pk}/edit/", f"{made.pk}/delete/"):
        assert reader.get(f"/occasions/{page}").status_code == 403
    for act in ("switch", "skip", "answer", "send-me"):
        assert reader.post(f"/occasions/{made.pk}/{act}/", {}).status_code == 403
    assert reader.post("/occasions/take/", {"name": "christmas"}).status_code == 403


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ({"what": "birth", "offset": "-3"}, {"kind": "person", "date": "birth", "offset": -3}),
        ({"what": "easter", "offset": "-2"}, {"kind": "easter", "offset": -2}),
        ({"what": "", "written": "weekday:2,sun,5"}, {"kind": "weekday", "nth": 2}),
        ({"what": "", "written": "15/5"}, {"kind": "fixed", "day": 15, "month": 5}),
    ],
)
def test_the_day_is_chosen_or_written(
    client: Client, sent: dict[str, str], kept: dict[str, Any]
) -> None:
    client.post("/occasions/new/", FORM | sent)
    made = Occasion.objects.get()
    assert kept.items() <= made.day.items()
    page = client.get(f"/occasions/{made.pk}/edit/")
    for name, value in sent.items():
        assert str(page.context["form"].initial[name]) == value


def test_a_holiday_is_chosen_by_its_name(client: Client) -> None:
    page = client.get("/occasions/new/")
    groups = dict(page.context["form"].fields["what"].choices)
    value = groups["Feriados"][-1][0]
    client.post("/occasions/new/", FORM | {"what": value})
    made = Occasion.objects.get()
    assert (made.day["kind"], made.day["country"]) == ("holiday", "PY")


@pytest.fixture
def fleet(client: Client, tmp_path: Path) -> Fleet:
    made = Fleet(tmp_path)
    owner(1, name="Transporte Ana")
    made.add(
        ("customer:1", "ABC 123", timezone.localdate() + timedelta(days=8)),
        ("customer:9", "DE NADIE", timezone.localdate() + timedelta(days=8)),
    )
    return made


LISTED = {
    **{name: value for name, value in FORM.items() if name != "written"},
    "name": "Inspección",
    "what": "listing",
    "offset": "-7",
    "listing": "shop.inspections",
    "listed_date": "due",
    "listed_party": "_contact",
    "listed_party_by": "contact",
    "listed_of": "plate",
}


def test_a_date_of_a_listing_is_chosen_by_its_columns(client: Client, fleet: Fleet) -> None:
    assert fleet.source.slug in client.get("/occasions/new/").content.decode()
    form = client.get("/occasions/new/?listing=shop.inspections").context["form"]
    for name in ("what", "listed_date", "listed_party", "listed_of"):
        assert form.initial[name] == LISTED[name], "as its connector says"
    assert client.post("/occasions/new/", LISTED | {"listed_of": "x"}).status_code == 422
    assert client.post("/occasions/new/", LISTED | {"listed_date": ""}).status_code == 422
    client.post("/occasions/new/", LISTED)
    made = Occasion.objects.get()
    assert made.day == {**DAY, "party_by": "contact", "values": {}, "yearly": False}
    page = client.get(f"/occasions/{made.pk}/edit/")
    assert page.context["form"].initial["listed_of"] == "plate"
    client.post(f"/occasions/{made.pk}/edit/", LISTED | {"offset": "3", "listed_yearly": "on"})
    made.refresh_from_db()
    assert (made.day["offset"], made.day["yearly"]) == (3, True)


def test_what_its_listing_is_asked_with_is_said_in_the_form(client: Client, fleet: Fleet) -> None:
    page = client.get("/occasions/new/?listing=shop.inspections").content.decode()
    assert "Al listado se le pide" in page
    client.post("/occasions/new/", LISTED | {"p-only": "t"})
    made = Occasion.objects.get()
    assert made.day["values"] == {"only": "t"}
    form = client.get(f"/occasions/{made.pk}/edit/").context["form"]
    assert form.listed.asked["only"].value() == "t"
    client.post(f"/occasions/{made.pk}/edit/", LISTED | {"p-only": ""})
    made.refresh_from_db()
    assert made.day["values"] == {}


def test_its_page_shows_how_it_was_read_and_whose_rows_greet_nobody(
    client: Client, fleet: Fleet
) -> None:
    client.post("/occasions/new/", LISTED)
    made = Occasion.objects.get()
    assert "sin leer" in client.get(f"/occasions/{made.pk}/").content.decode()
    read_dates_due(timezone.now())  # noqa: TID251
    page = client.get(f"/occasions/{made.pk}/").content.decode()
    assert "DE NADIE" in page
    assert "customer:9" in page
    client.post(f"/occasions/{made.pk}/read/")
    assert DatesRead.objects.get().wanted_at is not None
    assert "ABC 123" in client.get("/calendar/").content.decode()
    ana = Contact.objects.get(name="Transporte Ana")
    sent = {"day": f"{tomorrow():%Y-%m-%d}", "contact": str(ana.pk), "of": ""}
    User.objects.filter(username="operator").update(email="op@x.test")
    client.post(f"/occasions/{made.pk}/send-me/", sent)
    assert "ABC 123" in Message.objects.get().subject
    client.post(f"/occasions/{made.pk}/skip/", sent)
    assert Skip.objects.get().contact == ana


def test_p12_who_may_not_see_the_listing_sees_no_row_of_it(
    client: Client, fleet: Fleet, signed_in: SignIn
) -> None:
    client.post("/occasions/new/", LISTED)
    made = Occasion.objects.get()
    read_dates_due(timezone.now())  # noqa: TID251
    ListingRight.objects.create(listing="shop.inspections", roles=["reader"])
    day = f"{tomorrow():%Y-%m-%d}"
    for page in ("/calendar/", f"/calendar/{made.pk}/{day}/", f"/occasions/{made.pk}/"):
        text = client.get(page).content.decode()
        for piece in ("ABC 123", "DE NADIE", "Transporte Ana"):
            assert piece not in text, page
    ana = Contact.objects.get(name="Transporte Ana")
    sent = {"day": day, "contact": str(ana.pk), "of": ""}
    assert client.post(f"/occasions/{made.pk}/send-me/", sent).status_code == 404
    assert client.get("/occasions/new/?listing=shop.inspections").status_code == 404
    assert "shop.inspections" not in client.get("/occasions/new/").content.decode()
    reader = signed_in("reader")
    assert "ABC 123" in reader.get("/calendar/").content.decode()
    assert reader.post(f"/occasions/{made.pk}/read/").status_code == 403
    assert made.pk
