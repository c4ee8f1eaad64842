"""S28, S33: SQL in the console: by those with the right, on an account that only reads."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import Group
from django.test import Client

from emailketing.accounts.models import AuditEntry, User
from emailketing.accounts.roles import ADMINISTRATOR, OPERATOR, ensure_roles
from emailketing.company.models import Company
from emailketing.listings.models import Listing
from emailketing.listings.offered_fields import offered_fields
from emailketing.listings.sql.account import set_account
from tests.listings.firms import Firm
from tests.listings.test_sql import PASSWORD, SELECT, firm, role
from tests.sources.shop import now
from tests.web.forms import SentForm

__all__ = ["firm", "role"]
NEW = "/listings/new/sql/"
FIELDS, ROWS = "/listings/draft/sql/fields/", "/listings/draft/sql/rows/"


@pytest.fixture
def signed_in(db: None) -> Callable[[str], Client]:
    def sign_in(name: str) -> Client:
        ensure_roles()
        user = User.objects.create_user(name, password="x-Y-z-987", is_staff=True, language="en")  # noqa: S106
        user.groups.add(Group.objects.get(name=name))
        client = Client()
        client.force_login(user)
        return client

    return sign_in


def form_at(client: Client, path: str) -> dict[str, str]:
    return SentForm(client.get(path).content.decode(), "draft").values


@pytest.mark.postgres
def test_s33_an_administrator_writes_sql_tries_it_and_saves_it(
    firm: Firm, role: str, signed_in: Callable[[str], Client]
) -> None:
    set_account(firm.source, role, PASSWORD, by="ana", now=now())
    client = signed_in(ADMINISTRATOR)
    values = {**form_at(client, NEW), "name": "Ventas", "sql": SELECT}
    assert role in client.get(NEW).content.decode()
    assert "11.5" in client.post(ROWS, values).content.decode()
    assert AuditEntry.objects.filter(action="asked", username=ADMINISTRATOR).count() == 1
    assert (
        "only a SELECT"
        in client.post(ROWS, {**values, "sql": "DELETE FROM venta"}).content.decode()
    )
    assert client.post(NEW, {**values, "sql": "SELECT 1; SELECT 2"}).status_code == 422
    assert client.post(NEW, values).status_code == 302
    made = Listing.objects.get()
    assert (made.changed_by, made.definition["sql"]) == (ADMINISTRATOR, SELECT)
    assert client.get("/listings/ventas/edit/").status_code == 200


@pytest.mark.postgres
def test_parameters_and_columns_are_clicked_beside_the_sql(
    firm: Firm, role: str, signed_in: Callable[[str], Client]
) -> None:
    set_account(firm.source, role, PASSWORD, by="ana", now=now())
    client = signed_in(ADMINISTRATOR)
    sql = "SELECT estado AS x FROM venta WHERE estado = :value"
    values: dict[str, Any] = {**form_at(client, NEW), "sql": sql}
    html = ""
    for clicked in ("parameter:", "parameter:period", "parameter-drop:1", "column:"):
        answer = client.post(FIELDS, {**values, "do": clicked, "look_at": "cliente"})
        html = answer.content.decode()
        values |= SentForm(html, "").values
    assert ":value" in html
    assert "nombre" in html
    assert "clave" not in html, "a secret is not at hand"
    values |= {"p0-default": "E", "k0-name": "x", "k0-label": "State"}
    answer = client.post(FIELDS, values)
    definition = json.loads(SentForm(answer.content.decode(), "").values["definition"])
    assert [each["name"] for each in definition["parameters"]] == ["value"]
    rows = client.post(ROWS, values).content.decode()
    assert "State" in rows
    assert rows.count("<td") == 2


@pytest.mark.postgres
def test_what_may_be_clicked_follows_keys_in_postgresql_too(firm: Firm) -> None:
    fields = {each.path: each for each in offered_fields(firm.source, "pago", (), now())}
    assert (fields["venta.total"].label, fields["venta.total"].kind) == ("Total", "money")
    assert dict(fields["venta.estado"].choices) == {"E": "Emitida", "A": "Anulada"}
    assert fields["venta.vendedor.nombre"].label == "Vendedor"
    clients = {each.path for each in offered_fields(firm.source, "cliente", (), now())}
    assert clients == {"codigo", "nombre"}  # and not the secret


@pytest.mark.postgres
def test_s28_without_an_account_the_page_prints_what_makes_one(
    firm: Firm, signed_in: Callable[[str], Client]
) -> None:
    client = signed_in(ADMINISTRATOR)
    html = client.get(NEW).content.decode()
    assert "GRANT SELECT" in html
    assert "listing account firma" in html
    values = {**form_at(client, NEW), "name": "Ventas", "sql": SELECT}
    assert client.post(NEW, values).status_code == 422
    assert "account of its own" in client.post(ROWS, values).content.decode()
    assert not Listing.objects.exists()


@pytest.mark.django_db
def test_operators_write_no_sql_and_sqlite_has_none(
    tmp_path: Path, in_english: None, signed_in: Callable[[str], Client]
) -> None:
    Company.objects.create(pk=1, language="en")
    shop = Firm(tmp_path)
    shop.source.created_at = now()
    shop.source.save()
    shop.close()
    operator = signed_in(OPERATOR)
    for path in (NEW, FIELDS, ROWS):
        assert operator.post(path, {"sql": "SELECT 1"}).status_code == 403
    assert NEW not in operator.get("/listings/").content.decode()
    html = signed_in(ADMINISTRATOR).get(NEW).content.decode()
    assert "has no accounts of its own" in html
