"""Contacts, duties, suppressions; users, roles and the audit trail."""

import ast
import re
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from typer.testing import CliRunner

import emailketing
from emailketing.accounts.audit import note
from emailketing.accounts.models import AuditEntry, User
from emailketing.accounts.sign_in import (
    ADDRESS_LOCKED,
    FAILED,
    NAME_LOCKED,
    PASSWORD_SET,
    SIGNED_IN,
)
from emailketing.accounts.users import make_user
from emailketing.cli.app import app
from emailketing.contacts.models import Address, Contact, Role, Suppression
from emailketing.web.console.staff.words import action_names
from tests.outbox.cast import NOON
from tests.web import cast

SignIn = Callable[[str], Client]
NOTING = {"note", "note_change", "_note", "audit", "_act"}


def form_of(user: User, **values: Any) -> dict[str, Any]:
    fields = ("username", "first_name", "last_name", "email", "language")
    data: dict[str, Any] = {name: getattr(user, name) for name in fields}
    return data | {"is_active": "on", "role": "operator"} | values


# ---- contacts ----


def test_a_contact_shows_addresses_duties_and_everything_written(
    story: dict[str, Any], signed_in: SignIn
) -> None:
    contact = story["contacts"]["P1"]
    html = signed_in("reader").get(f"/people/{contact.pk}/").content.decode()
    for part in ("compras@lubeste.test", "Compras", "80012345-0", "OC-0017"):
        assert part in html


@pytest.mark.parametrize(
    ("query", "name"),
    [("espiga", "La Espiga"), ("pedidos@", "Guaraní"), ("80012345", "Lubricantes")],
)
def test_contacts_are_found_by_name_tax_number_or_address(
    query: str, name: str, story: dict[str, Any], signed_in: SignIn
) -> None:
    html = signed_in("reader").get("/contacts/contact/", {"q": query}).content.decode()
    assert name in html
    assert html.count('class="ek-link" href="/people/') == 1


def test_contacts_without_an_address_are_listed(story: dict[str, Any], signed_in: SignIn) -> None:
    html = signed_in("reader").get("/contacts/contact/?email=none").content.decode()
    assert "Repuestos Itá Enramada" in html
    assert html.count('class="ek-link" href="/people/') == 1


def test_what_a_source_says_of_a_contact_is_not_changed_here(
    story: dict[str, Any], signed_in: SignIn
) -> None:
    contact = story["contacts"]["P1"]
    client = signed_in("operator")
    rows = {"addresses-TOTAL_FORMS": "0", "addresses-INITIAL_FORMS": "0"}
    client.post(
        f"/contacts/contact/{contact.pk}/change/",
        {"name": "Otro", "language": "en", "notes": "nota", **rows},
    )
    contact.refresh_from_db()
    assert (contact.name, contact.language, contact.notes) == (
        "Lubricantes del Este S.A.",
        "en",
        "nota",
    )
    assert contact.is_active
    assert Address.objects.filter(contact=contact).count() == 2


def test_a_duty_is_given_and_the_change_noted(story: dict[str, Any], signed_in: SignIn) -> None:
    duty, contact = Role.objects.get(), story["contacts"]["P2"]
    signed_in("operator").post(
        f"/contacts/role/{duty.pk}/change/", {"name": "Compras", "contacts": [contact.pk]}
    )
    assert list(duty.contacts.all()) == [contact]
    entry = AuditEntry.objects.latest("pk")
    assert (entry.action, entry.object_label) == ("changed", "Compras")
    assert entry.changes == {"contacts": [["Lubricantes del Este S.A."], ["Distribuidora Guaraní"]]}


def test_a_suppression_is_lifted_with_a_reason(story: dict[str, Any], signed_in: SignIn) -> None:
    suppression = Suppression.objects.get()
    client = signed_in("operator")
    client.post(f"/suppressions/{suppression.pk}/lift/", {"reason": "address works again"})
    assert not Suppression.objects.exists()
    entry = AuditEntry.objects.latest("pk")
    assert (entry.action, entry.changes) == (
        "lifted",
        {"note": ["550 User unknown", "address works again"]},
    )


def test_an_operator_stops_writing_to_an_address(staff: dict[str, Any], signed_in: SignIn) -> None:
    client = signed_in("operator")
    client.post("/suppressions/add/", {"address": " Ana@Shop.test ", "reason": "asked by phone"})
    made = Suppression.objects.get()
    assert (made.value, made.reason, made.note, made.by) == (
        "ana@shop.test",
        "operator",
        "asked by phone",
        "operator",
    )


def test_what_is_not_an_address_is_refused(staff: dict[str, Any], signed_in: SignIn) -> None:
    entered = {"address": "ana at shop", "reason": "lo pidió por teléfono"}
    answer = signed_in("operator").post("/suppressions/add/", entered)
    assert answer.status_code == 422
    for typed in entered.values():  # nothing of it is lost
        assert f'value="{typed}"' in answer.content.decode()
    assert not Suppression.objects.exists()


def test_what_is_wrong_with_a_suppression_is_said_alike_on_the_page_and_at_the_keyboard(
    staff: dict[str, Any], signed_in: SignIn
) -> None:
    entered = {"address": "ana at shop", "reason": " "}
    page = signed_in("operator").post("/suppressions/add/", entered)
    words = ("suppression", "add", entered["address"], "--reason", entered["reason"])
    said = CliRunner().invoke(app, list(words))
    assert (page.status_code, said.exit_code) == (422, 1)
    for sentence in ("«ana at shop» no es una dirección de correo.", "Esto no puede quedar vacío."):
        assert sentence in page.content.decode()
        assert sentence in said.output
    assert not Suppression.objects.exists()
    assert not AuditEntry.objects.exists()


def test_a_suppression_is_not_lifted_without_a_reason(
    story: dict[str, Any], signed_in: SignIn
) -> None:
    path = f"/suppressions/{Suppression.objects.get().pk}/lift/"
    answer = signed_in("operator").post(path, {"reason": " "})
    assert answer.status_code == 422
    assert "Esto no puede quedar vacío." in answer.content.decode()
    assert Suppression.objects.exists()


# ---- users ----


def test_a_user_is_made_with_one_role(staff: dict[str, Any], signed_in: SignIn) -> None:
    client = signed_in("administrator")
    client.post(
        "/accounts/user/add/",
        {
            "username": "maria",
            "language": "es",
            "role": "reader",
            "usable_password": "true",
            "password1": cast.PASSWORD,
            "password2": cast.PASSWORD,
        },
    )
    maria = User.objects.get(username="maria")
    assert (maria.is_staff, maria.is_superuser) == (True, False)
    assert [group.name for group in maria.groups.all()] == ["reader"]
    assert Client().login(username="maria", password=cast.PASSWORD)
    entry = AuditEntry.objects.latest("pk")
    assert (entry.action, entry.object_label, entry.username) == (
        "created",
        "maria",
        "administrator",
    )


def test_a_role_is_changed_and_the_change_noted_without_the_password(
    staff: dict[str, Any], signed_in: SignIn
) -> None:
    reader = staff["reader"]
    signed_in("administrator").post(
        f"/accounts/user/{reader.pk}/change/", form_of(reader, role="operator", first_name="Rosa")
    )
    assert [group.name for group in reader.groups.all()] == ["operator"]
    changes = AuditEntry.objects.latest("pk").changes
    assert changes["first_name"] == ["Reader", "Rosa"]
    assert changes["groups"] == [["reader"], ["operator"]]
    assert "password" not in changes


def test_the_last_administrator_stays_one(staff: dict[str, Any], signed_in: SignIn) -> None:
    chief = staff["administrator"]
    client = signed_in("administrator")
    client.post(f"/accounts/user/{chief.pk}/change/", form_of(chief, role="reader"))
    client.post(
        f"/accounts/user/{chief.pk}/change/", form_of(chief, role="administrator", is_active="")
    )
    chief.refresh_from_db()
    assert chief.is_active
    assert [group.name for group in chief.groups.all()] == ["administrator"]


def test_an_administrator_sets_a_password(staff: dict[str, Any], signed_in: SignIn) -> None:
    operator = staff["operator"]
    new = "otra-clave-muy-larga"
    signed_in("administrator").post(
        f"/accounts/user/{operator.pk}/password/",
        {"usable_password": "true", "password1": new, "password2": new},
    )
    assert Client().login(username="operator", password=new)
    assert AuditEntry.objects.latest("pk").action == "password_set"


def test_a_password_taken_away_is_noted(staff: dict[str, Any], signed_in: SignIn) -> None:
    operator = staff["operator"]
    values = {"usable_password": "false", "unset-password": "x"}
    client = signed_in("administrator")
    client.post(f"/accounts/user/{operator.pk}/password/", values)
    operator.refresh_from_db()
    assert not operator.has_usable_password()
    noted = AuditEntry.objects.latest("pk")
    assert (noted.action, noted.object_label) == ("password_set", "operator")


def test_everybody_changes_the_own_password(staff: dict[str, Any], signed_in: SignIn) -> None:
    new = "otra-clave-muy-larga"
    client = signed_in("reader")
    assert client.get("/password_change/").status_code == 200
    client.post(
        "/password_change/",
        {"old_password": cast.PASSWORD, "new_password1": new, "new_password2": new},
    )
    assert Client().login(username="reader", password=new)


@pytest.mark.parametrize(
    ("username", "email", "field", "sentence"),
    [
        ("Operator", "", "username", "Ya hay un usuario"),
        ("dos palabras", "", "username", "nombre de usuario"),
        ("", "", "username", "no puede estar vacío"),
        ("rosa", "no es", "email", "correo"),
    ],
)
def test_page_and_command_refuse_a_user_in_the_same_words(
    staff: dict[str, Any],
    signed_in: SignIn,
    username: str,
    email: str,
    field: str,
    sentence: str,
) -> None:
    values = {"username": username, "email": email, "language": "es", "role": "reader"}
    secret = {"usable_password": "true", "password1": "1234567", "password2": "1234567"}
    answer = signed_in("administrator").post("/accounts/user/add/", values | secret)
    given = {"EMAILKETING_USER_PASSWORD": "1234567"}
    words = ["user", "add", username, "--email", email, "--role", "reader"]
    said = CliRunner().invoke(app, words, env=given)
    form = answer.context["adminform"].form
    (beside,) = form.errors[field]
    assert sentence in beside
    assert f"{field}: {beside}" in said.output
    for too_easy in form.errors["password2"]:
        assert f"password: {too_easy}" in said.output
    assert User.objects.count() == len(staff)
    assert not AuditEntry.objects.exists()


def test_the_own_password_and_language_are_noted_too(
    staff: dict[str, Any], signed_in: SignIn
) -> None:
    client, new = signed_in("reader"), "otra-clave-muy-larga"
    old = {"old_password": cast.PASSWORD, "new_password1": new, "new_password2": new}
    assert client.post("/password_change/", old).status_code == 302
    assert client.get("/").status_code == 200, "this session goes on"
    client.post("/account/language/", {"language": "pt"})
    client.post("/account/language/", {"language": "klingon"})
    noted = AuditEntry.objects.order_by("pk")
    assert [(one.action, one.username, one.object_label) for one in noted] == [
        ("password_set", "reader", "reader"),
        ("changed", "reader", "reader"),
    ]
    assert noted[1].changes == {"language": ["es", "pt"]}


def test_of_two_administrators_one_may_go(staff: dict[str, Any], signed_in: SignIn) -> None:
    """Whoever is in the group counts, also where nobody made him a superuser."""
    chief = staff["administrator"]
    other = make_user(
        User(username="otro"), role="administrator", password=None, by="ana", now=NOON
    )
    signed_in("administrator").post(
        f"/accounts/user/{other.pk}/change/", form_of(other, role="reader")
    )
    other.refresh_from_db()
    assert (other.is_superuser, chief.is_superuser) == (False, False)


# ---- audit trail ----


def test_the_trail_shows_before_and_after_and_is_filtered(
    story: dict[str, Any], signed_in: SignIn
) -> None:
    client = signed_in("reader")
    html = client.get("/accounts/auditentry/").content.decode()
    assert "<del>Orden</del>" in html
    assert (
        "<del>Orden</del>" in client.get("/accounts/auditentry/?username=operator").content.decode()
    )
    other = client.get("/accounts/auditentry/?username=reader").content.decode()
    assert "<del>Orden</del>" not in other


def noted_actions() -> set[str]:
    """Every word that is written into the trail somewhere in the product."""
    found = {SIGNED_IN, FAILED, PASSWORD_SET, NAME_LOCKED, ADDRESS_LOCKED}
    for path in Path(emailketing.__file__).parent.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") in NOTING:
                given = (part for part in node.args if not isinstance(part, ast.Dict | ast.Call))
                parts = (constant for part in given for constant in ast.walk(part))
                said = (one.value for one in parts if isinstance(one, ast.Constant))
                found |= {word for word in said if word and isinstance(word, str)}
    return found


def test_every_action_of_the_trail_has_words() -> None:
    actions = noted_actions()
    assert {"switched", "retried", "went_live"} <= actions
    assert actions - action_names().keys() == set()


def test_yes_and_no_are_said_in_words(
    staff: dict[str, Any], signed_in: SignIn, now: datetime
) -> None:
    note("switched", by="ana", now=now, changes={"is_active": [False, True]})
    html = signed_in("reader").get("/accounts/auditentry/").content.decode()
    assert "<del>no</del> → <ins>sí</ins>" in html


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("/contacts/role/", "Duties"),
        ("/contacts/suppression/", "Do not write"),
        ("/accounts/auditentry/", "Changes made here"),
    ],
)
def test_a_list_is_called_as_in_the_menu(
    path: str, name: str, staff: dict[str, Any], signed_in: SignIn
) -> None:
    User.objects.update(language="en")
    html = signed_in("operator").get(path).content.decode()
    assert re.search(rf"<title>\s*{name}", html)
    assert f'<span class="ek-crumb">{name}</span>' in html


def test_s22_no_secret_stands_in_the_trail(
    story: dict[str, Any], signed_in: SignIn, now: datetime
) -> None:
    note("changed", by="ana", now=now, changes={"password_encrypted": ["old", "gAAAAAB"]})
    html = signed_in("administrator").get("/accounts/auditentry/").content.decode()
    assert "gAAAAAB" not in html
    assert "•••" in html


def test_the_history_of_a_record_is_its_part_of_the_trail(
    story: dict[str, Any], signed_in: SignIn
) -> None:
    duty = Role.objects.get()
    answer = signed_in("operator").get(f"/contacts/role/{duty.pk}/history/")
    assert answer.headers["Location"].startswith("/accounts/auditentry/?object_type=contacts.role")
    page = signed_in("operator").get(answer.headers["Location"])
    assert page.status_code == 200
    assert "<del>Orden</del>" not in page.content.decode()


def test_a_deleted_record_is_noted(story: dict[str, Any], signed_in: SignIn) -> None:
    own = Contact.objects.create(name="Ana")
    signed_in("operator").post(f"/contacts/contact/{own.pk}/delete/", {"post": "yes"})
    entry = AuditEntry.objects.latest("pk")
    assert (entry.action, entry.object_label, entry.object_id) == ("deleted", "Ana", str(own.pk))


def test_the_trail_is_called_as_in_the_menu(story: dict[str, Any], signed_in: SignIn) -> None:
    html = signed_in("reader").get("/accounts/auditentry/").content.decode()
    assert re.search(r"<title>\s*Cambios en esta consola", html)
