"""Somebody else was first between the form's asking and the saving: a sentence, never a crash."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from django.test import Client

from emailketing.accounts.models import AuditEntry, User
from emailketing.accounts.users import make_user, role_of
from emailketing.accounts.who import Who
from emailketing.contacts.duties import save_role
from emailketing.contacts.models import Contact, Role
from emailketing.content.models import Revision
from emailketing.triggers.notifications.models import Rule
from emailketing.web.console.contacts.admin import ContactAdmin, RoleAdmin
from emailketing.web.console.frame.base import ConsoleAdmin
from emailketing.web.console.rules.form import RuleForm
from emailketing.web.console.staff.admin import StaffAdmin
from tests.outbox.cast import NOON
from tests.web.attached import Station
from tests.web.test_people import form_of
from tests.web.test_rule_pages import entries

SignIn = Callable[[str], Client]
Meanwhile = Callable[[type[ConsoleAdmin], Callable[[], Any]], None]


@pytest.fixture
def meanwhile(monkeypatch: pytest.MonkeyPatch) -> Meanwhile:
    """Let something happen as soon as the form of this page has nothing against saving it."""

    def arrange(page: type[ConsoleAdmin], happen: Callable[[], Any]) -> None:
        class LateForm(page.form):  # type: ignore[misc, name-defined]
            def _post_clean(self) -> None:
                super()._post_clean()
                happen()

        monkeypatch.setattr(page, "form", LateForm)

    return arrange


def answer_to(client: Client, path: str, values: dict[str, Any]) -> str:
    """Send the form and return what is said above the page it leads to, the form again."""
    answer = client.post(path, values, follow=True)
    assert answer.redirect_chain == [(path, 302)]
    (said,) = answer.context["messages"]
    assert said.level_tag == "error"
    return str(said)


def test_of_two_administrators_who_end_each_others_role_one_is_told(
    staff: dict[str, Any], signed_in: SignIn, meanwhile: Meanwhile
) -> None:
    other = make_user(User(username="o"), role="administrator", password=None, by="ana", now=NOON)
    chief = staff["administrator"]
    group = chief.groups.get()
    meanwhile(StaffAdmin, lambda: group.user_set.remove(chief))
    path = f"/accounts/user/{other.pk}/change/"
    said = answer_to(signed_in("administrator"), path, form_of(other, role="reader"))
    assert "último administrador" in said
    assert role_of(User.objects.get(pk=other.pk)) == "administrator"


def test_a_duty_of_a_name_just_taken_is_told(
    staff: dict[str, Any], signed_in: SignIn, meanwhile: Meanwhile
) -> None:
    meanwhile(RoleAdmin, lambda: save_role(Role(name="Caja"), by="ana", now=NOON))
    said = answer_to(signed_in("operator"), "/contacts/role/add/", {"name": "Caja"})
    assert said == "Ya hay una función con ese nombre."


def test_a_contact_read_again_from_its_source_is_told(
    story: dict[str, Any], signed_in: SignIn, meanwhile: Meanwhile
) -> None:
    contact = story["contacts"]["P1"]
    same = Contact.objects.filter(pk=contact.pk)
    meanwhile(ContactAdmin, lambda: same.update(name="Lubricantes S.A."))
    values = {"language": "pt", "addresses-TOTAL_FORMS": "0", "addresses-INITIAL_FORMS": "0"}
    path = f"/contacts/contact/{contact.pk}/change/"
    said = answer_to(signed_in("operator"), path, values)
    assert f"Corríjalo en «{contact.source}»" in said
    assert same.get().language == contact.language


def test_a_rule_whose_text_has_just_gone_is_told(station: Station, now: datetime) -> None:
    form = RuleForm(entries(station), instance=Rule(), user=User.objects.get(username="operator"))
    assert form.works(now)
    noted = AuditEntry.objects.count()
    Revision.objects.filter(template=station.template).delete()
    assert form.keep(by=Who("operator"), now=now) is None
    assert "email_template" in form.errors
    assert not Rule.objects.filter(name="Órdenes grandes").exists()
    assert AuditEntry.objects.count() == noted
