"""A user is kept alike, whoever makes one."""

from collections.abc import Callable
from typing import Any

from django.test import Client
from typer.testing import CliRunner

from emailketing.accounts.models import User
from emailketing.cli.app import app
from tests.web import cast

SignIn = Callable[[str], Client]


def test_page_and_command_keep_an_address_alike(staff: dict[str, Any], signed_in: SignIn) -> None:
    values = {"language": "es", "role": "reader", "usable_password": "false"}
    typed = {"username": "eva", "email": "Eva@ESTACION.example"}
    signed_in("administrator").post("/accounts/user/add/", values | typed)
    words = ["user", "add", "julia", "--email", typed["email"], "--role", "reader"]
    CliRunner().invoke(app, words, env={"EMAILKETING_USER_PASSWORD": cast.PASSWORD})
    made = User.objects.filter(username__in=["eva", "julia"])
    assert [user.email for user in made] == ["Eva@estacion.example"] * 2
