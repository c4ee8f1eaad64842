"""The shell: sign-in, roles, language, banners."""

import pytest
from django.contrib.auth.models import Group
from django.test import Client

from emailketing.accounts.models import AuditEntry, User
from emailketing.accounts.roles import ensure_roles

pytestmark = pytest.mark.django_db


def user(role: str, **values: object) -> User:
    ensure_roles()
    made = User.objects.create_user(role, f"{role}@shop.test", "secret-pass", is_staff=True)
    made.groups.add(Group.objects.get(name=role))
    User.objects.filter(pk=made.pk).update(**values)
    return made


def signed_in(role: str, **values: object) -> Client:
    client = Client()
    client.force_login(user(role, **values))
    return client


def test_who_is_not_signed_in_is_sent_to_the_sign_in_page(client: Client) -> None:
    answer = client.get("/")
    assert answer.status_code == 302
    assert answer.headers["Location"].startswith("/login/")


def test_the_front_page_shows_the_menu_and_the_sandbox() -> None:
    page = signed_in("reader").get("/").content.decode()
    assert "eMailketing" in page
    assert 'class="ek-banner ek-banner--warn"' in page


def test_signing_in_is_noted(client: Client) -> None:
    user("operator")
    client.post("/login/", {"username": "operator", "password": "wrong"})
    client.post("/login/", {"username": "operator", "password": "secret-pass"})
    noted = list(AuditEntry.objects.order_by("pk").values_list("action", "username"))
    assert noted == [("sign_in_failed", "operator"), ("signed_in", "operator")]


def test_the_user_chooses_the_language_and_keeps_it() -> None:
    client = signed_in("reader", language="es")
    assert '<html lang="es"' in client.get("/").content.decode()
    client.post("/account/language/", {"language": "pt"})
    assert '<html lang="pt"' in client.get("/").content.decode()
    assert User.objects.get(username="reader").language == "pt"


def test_health_answers_without_login_and_readiness_names_what_is_wrong(client: Client) -> None:
    assert client.get("/healthz").content == b"ok\n"
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert "database: ok\nmigrations: ok\nworker: not ready\n" in answer.content.decode()
