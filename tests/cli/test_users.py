"""`emailketing user`, as an administrator types it."""

import pytest
from typer.testing import CliRunner

from emailketing.accounts.models import User
from emailketing.cli.app import app

pytestmark = pytest.mark.django_db
GOOD = "Nandejara-2026"


def add(name: str, secret: str, *more: str) -> tuple[int, str]:
    given = {"EMAILKETING_USER_PASSWORD": secret}
    result = CliRunner().invoke(app, ["user", "add", name, *more], env=given)
    return result.exit_code, result.output


@pytest.mark.parametrize(
    ("name", "secret", "more"),
    [
        ("rosa", "1234", ()),
        ("rosa", "password", ()),
        ("rosabenitez", "rosabenitez1", ()),
        ("rosa benítez!", GOOD, ()),
        ("", GOOD, ()),
        ("x" * 151, GOOD, ()),
        ("rosa", GOOD, ("--email", "not an address")),
        ("rosa", GOOD, ("--role", "chief")),
    ],
)
def test_what_the_page_refuses_the_command_refuses(
    name: str, secret: str, more: tuple[str, ...]
) -> None:
    code, said = add(name, secret, *more)
    assert (code, User.objects.count()) == (1, 0)
    assert said.strip()


def test_a_good_user_is_made_once_whatever_the_capitals() -> None:
    assert add("rosa", GOOD, "--role", "reader")[0] == 0
    user = User.objects.get()
    assert user.check_password(GOOD)
    assert (user.is_staff, user.is_superuser) == (True, False)
    assert add("Rosa", GOOD)[0] == 1


def test_a_bad_name_and_a_bad_password_are_told_together() -> None:
    _code, said = add("rosa benítez!", "1234")
    assert len(said.split(".")) > 2


def test_a_link_for_the_first_administrator_is_printed_until_there_is_one() -> None:
    printed = CliRunner().invoke(app, ["user", "first-link", "--port", "8123"])
    assert printed.output.startswith("http://127.0.0.1:8123/first-run/")
    add("rosa", GOOD, "--role", "administrator")
    refused = CliRunner().invoke(app, ["user", "first-link"])
    assert (refused.exit_code, "first-run" in refused.output) == (1, False)
