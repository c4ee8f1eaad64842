"""Brand and company: the look, live or sandbox, stop everything."""

import io
import json
from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import translation
from PIL import Image
from typer.testing import CliRunner

from emailketing.accounts.models import AuditEntry
from emailketing.cli.app import app
from emailketing.company.models import Company
from emailketing.configuration.apply import apply
from emailketing.configuration.kind import ConfigurationInvalid
from emailketing.configuration.toml import FORMAT
from emailketing.content.models import Brand
from tests.web.attached import Station

SignIn = Callable[[str], Client]


def picture(kind: str = "PNG") -> SimpleUploadedFile:
    file = io.BytesIO()
    Image.new("RGB", (900, 300), "#0a7d33").save(file, kind)
    return SimpleUploadedFile("logo.png", file.getvalue(), "image/png")


def brand_entries(**changed: Any) -> dict[str, Any]:
    return {
        "name": "Estación Ñandutí",
        "primary_colour": "#0a7d33",
        "accent_colour": "#f2a900",
        "address": "Ruta 2 km 20",
        "logo_choice": "keep",
    } | changed


def test_a_new_look_is_kept_and_worn_by_the_templates(station: Station, signed_in: SignIn) -> None:
    brand = Brand.objects.get()
    old = station.template.current("es")
    client = signed_in("operator")
    client.post(f"/brand/{brand.pk}/", brand_entries(logo_file=picture()))
    brand.refresh_from_db()
    assert Image.open(io.BytesIO(bytes(brand.logo))).size == (600, 200)
    new = station.template.current("es")
    assert old is not None
    assert new is not None
    assert new.number == old.number + 1
    assert "#0a7d33" in new.html
    entry = AuditEntry.objects.get(action="changed", object_type="content.brand")
    assert entry.changes["primary_colour"] == ["#0f4c81", "#0a7d33"]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("primary_colour", "red;}"),
        ("name", ""),
        ("logo_file", SimpleUploadedFile("logo.svg", b"<svg onload='x'/>", "image/svg+xml")),
    ],
)
def test_s11_what_is_no_colour_and_no_picture_is_refused(
    station: Station, signed_in: SignIn, field: str, value: Any
) -> None:
    brand = Brand.objects.get()
    answer = signed_in("operator").post(f"/brand/{brand.pk}/", brand_entries(**{field: value}))
    assert answer.status_code == 422
    assert answer.context["form"].errors[field]
    assert Brand.objects.get().primary_colour == "#0f4c81"


@pytest.mark.parametrize("address", ["/brand/new/", "/brand/preview/"])
def test_nothing_is_drawn_in_a_colour_that_is_none(
    station: Station, signed_in: SignIn, address: str
) -> None:
    values = brand_entries(name="Minimercado", logo_choice="draw", primary_colour="azul")
    answer = signed_in("operator").post(address, values)
    assert answer.context["form"].errors["primary_colour"]
    assert not Brand.objects.filter(name="Minimercado").exists()


def test_the_preview_shows_the_form_and_saves_nothing(station: Station, signed_in: SignIn) -> None:
    values = brand_entries(name="Otro nombre", brand=Brand.objects.get().pk, logo_choice="none")
    page = signed_in("operator").post("/brand/preview/", values).content.decode()
    assert "Otro nombre" in page
    assert "#0a7d33" in page
    assert "data:image/png;base64," in page  # the document, drawn
    assert Brand.objects.get().name == "Estación Ñandutí"


def test_a_second_brand_can_become_the_default(station: Station, signed_in: SignIn) -> None:
    client = signed_in("operator")
    client.post("/brand/new/", brand_entries(name="Minimercado", logo_choice="draw"))
    made = Brand.objects.get(name="Minimercado")
    assert made.logo
    assert not made.is_default
    client.post(f"/brand/{made.pk}/default/")
    assert list(Brand.objects.filter(is_default=True)) == [made]
    client.post(f"/brand/{made.pk}/delete/")  # the default stays
    assert Brand.objects.filter(pk=made.pk).exists()


def test_a_reader_sees_the_brand_and_changes_nothing(station: Station, signed_in: SignIn) -> None:
    brand, client = Brand.objects.get(), signed_in("reader")
    assert client.get("/brand/", follow=True).status_code == 200
    assert client.post(f"/brand/{brand.pk}/", brand_entries()).status_code == 403
    assert client.get("/brand/new/").status_code == 200
    assert client.post("/brand/new/", brand_entries()).status_code == 403
    assert Brand.objects.count() == 1


COMPANY = {
    "name": "Estación Ñandutí S.A.",
    "tax_id": "80011223-4",
    "country": "PY",
    "language": "es",
    "time_zone": "America/Asuncion",
    "currency": "PYG",
    "base_url": "https://correo.estacion.example/",
}


def test_the_company_is_changed_by_an_administrator(
    staff: dict[str, Any], signed_in: SignIn
) -> None:
    assert signed_in("operator").post("/company/", COMPANY).status_code == 403
    client = signed_in("administrator")
    client.post("/company/", COMPANY)
    assert Company.get().name == "Estación Ñandutí S.A."
    assert Company.get().setup_at is not None
    wrong = client.post("/company/", COMPANY | {"time_zone": "Mars/Olympus", "name": ""})
    assert wrong.status_code == 422
    assert set(wrong.context["form"].errors) == {"time_zone", "name"}


def test_all_that_is_wrong_with_the_company_is_told_at_once_in_the_readers_language(
    staff: dict[str, Any], signed_in: SignIn
) -> None:
    wrong = {
        "name": "",
        "tax_id": "8" * 41,
        "country": "XX",
        "time_zone": "Mars/Olympus",
        "currency": "GUA",
        "quiet_from": "21:00",
        "quiet_to": "21:00",
        "base_url": "http://[servidor/",
    }
    answer = signed_in("administrator").post("/company/", COMPANY | wrong)
    assert answer.status_code == 422
    errors = answer.context["form"].errors
    assert set(errors) == set(wrong) - {"quiet_from"}  # both hours are one mistake
    assert "iguales" in errors["quiet_to"][0]
    assert not [text for texts in errors.values() for text in texts if "valid" in text.split()]


def test_saving_the_page_keeps_what_was_chosen_by_command(
    staff: dict[str, Any], signed_in: SignIn
) -> None:
    Company.get()
    Company.objects.update(time_zone="UTC", currency="GBP")
    client = signed_in("administrator")
    page = client.get("/company/").content.decode()
    assert '<option value="UTC" selected' in page
    assert '<option value="GBP" selected' in page
    answer = client.post("/company/", COMPANY | {"time_zone": "UTC", "currency": "GBP"})
    assert answer.status_code == 302
    assert (Company.get().time_zone, Company.get().currency) == ("UTC", "GBP")


@pytest.mark.parametrize(
    ("path", "back", "flag", "action"),
    [
        ("/company/live/", "/company/sandbox/", "is_live", "went_live"),
        ("/company/stop/", "/company/resume/", "is_stopped", "stopped"),
    ],
)
def test_s34_the_brakes_need_an_administrator_and_a_confirmation(
    staff: dict[str, Any], signed_in: SignIn, path: str, back: str, flag: str, action: str
) -> None:
    for role in ("reader", "operator"):
        assert signed_in(role).post(path).status_code == 403
    client = signed_in("administrator")
    assert client.get(path).status_code == 200
    assert not getattr(Company.get(), flag)
    client.post(path, {"untried": "1"})
    assert getattr(Company.get(), flag)
    assert AuditEntry.objects.filter(action=action, username="administrator").count() == 1
    client.post(back)
    assert not getattr(Company.get(), flag)


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("name", " ", "La marca necesita un nombre."),
        ("phone", "1" * 61, "Como máximo 60 caracteres."),
        ("website", "a\nb", "Una sola línea, por favor."),
        ("primary_colour", "red", "#0f4c81"),
    ],
)
def test_page_command_and_file_refuse_a_brand_in_the_same_words(
    staff: dict[str, Any],
    signed_in: SignIn,
    now: datetime,
    field: str,
    value: str,
    sentence: str,
) -> None:
    brand = Brand.objects.create(name="Itá", is_default=True)
    wrong = {"primary_colour": "#0f4c81", "accent_colour": "#f2a900", "name": "Itá", field: value}
    answer = signed_in("operator").post(f"/brand/{brand.pk}/", wrong)
    said = CliRunner().invoke(app, ["brand", "set", f"--{field.replace('_', '-')}", value])
    (beside,) = answer.context["form"].errors[field]
    assert sentence in beside
    assert f"{field}: {beside}" in said.output
    if field != "name":  # by it the file finds the brand
        text = json.dumps(value)
        with translation.override("es"), pytest.raises(ConfigurationInvalid, match=sentence):
            apply(
                f'format = {FORMAT}\n[[brand]]\nname = "Itá"\n{field} = {text}', by="ana", now=now
            )
    brand.refresh_from_db()
    assert (brand.name, brand.phone, brand.website) == ("Itá", "", "")
    assert not AuditEntry.objects.exists()
