"""A mistake in the company is refused alike by page, command and configuration file."""

from collections.abc import Callable
from typing import Any

import pytest
from django import forms
from django.test import Client
from django.utils import translation

from emailketing.accounts.models import AuditEntry
from emailketing.cli.show import clock
from emailketing.company.models import Company
from emailketing.configuration import ConfigurationInvalid, apply
from tests.cli.test_sender_message import run

SignIn = Callable[[str], Client]
ENTRIES = ("name", "tax_id", "country", "language", "time_zone", "currency", "base_url")
OPTIONS = {"base_url": "--address"}
# the field, what cannot be, and a piece of the sentence
BAD = [
    ("name", "N" * 121, "máximo 120"),
    ("tax_id", "1" * 41, "máximo 40"),
    ("country", "XX", "XX"),
    ("language", "xx", "es, en, pt"),
    ("time_zone", "Mars/Olympus", "Mars/Olympus"),
    ("currency", "ZZZ", "ZZZ"),
    ("base_url", "http://x:99999/", "https://mail.example.com/"),
]


def test_a_mistake_in_the_company_is_refused_alike(
    staff: dict[str, Any], signed_in: SignIn
) -> None:
    client, before = signed_in("administrator"), Company.objects.values_list().get()
    usual = forms.model_to_dict(Company.get(), fields=ENTRIES)
    noted = AuditEntry.objects.count()
    for field, value, piece in BAD:
        sent = usual | {field: value}
        answer = client.post("/company/", sent)
        assert answer.status_code == 422
        [[sentence]] = answer.context["form"].errors.values()
        assert piece in sentence
        option = OPTIONS.get(field, "--" + field.replace("_", "-"))
        assert sentence in run("setup", option, value, code=1).output
        if field != "base_url":  # that is of this place: a file does not change it
            text = f'format = 1\n[company]\n{field} = "{value}"\n'
            with translation.override("es"), pytest.raises(ConfigurationInvalid) as raised:
                apply(text, by="ana", now=clock())
            assert sentence in str(raised.value)
    assert Company.objects.values_list().get() == before
    assert AuditEntry.objects.count() == noted


def test_a_company_without_a_name_is_refused_alike(
    staff: dict[str, Any], signed_in: SignIn
) -> None:
    Company.objects.update(name="")
    answer = signed_in("administrator").post("/company/", {"name": ""})
    [sentence] = answer.context["form"].errors["name"]
    assert sentence in run("setup", "--tax-id", "1-1", code=1).output
    with translation.override("es"), pytest.raises(ConfigurationInvalid) as raised:
        apply('format = 1\n[company]\ntax_id = "1-1"\n', by="ana", now=clock())
    assert sentence in str(raised.value)


def test_a_file_taken_over_is_noted_with_who_and_from_where_and_so_is_one_taken_away(
    staff: dict[str, Any], signed_in: SignIn
) -> None:
    client = signed_in("administrator")
    client.post("/configuration/apply/", {"text": 'format = 1\n[company]\ntax_id = "9-9"\n'})
    client.get("/configuration/export/")
    run("configuration", "export", "-")
    noted = AuditEntry.objects.order_by("pk").values_list("action", "username", "came_from")
    assert [(action, came_from) for action, _name, came_from in noted] == [
        ("changed", "127.0.0.1"),
        ("imported", "127.0.0.1"),
        ("exported", "127.0.0.1"),
        ("exported", "command line"),
    ]
