"""`emailketing user …`: who may sign in."""

from collections.abc import Iterable
from typing import Annotated

import typer
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from emailketing.accounts import users
from emailketing.accounts.models import User
from emailketing.cli.show import ask_password, clock, refuse, refuse_all, table, who

app = typer.Typer(no_args_is_help=True)
PASSWORD = "EMAILKETING_USER_PASSWORD"  # noqa: S105 - the name of the variable
Secret = Annotated[str, typer.Option(envvar=PASSWORD, hidden=True)]


@app.command("list")
def list_users() -> None:
    """List all users with their role."""
    table(
        (_("User"), _("Name"), _("Role"), _("Active")),
        [
            (
                user.username,
                user.get_full_name(),
                ", ".join(user.groups.values_list("name", flat=True)),
                "✓" if user.is_active else "",
            )
            for user in User.objects.prefetch_related("groups")
        ],
    )


@app.command()
def add(
    username: str,
    role: Annotated[str, typer.Option(help="administrator, operator, reader")] = "operator",
    email: str = "",
    password: Secret = "",
) -> None:
    """Make a user; the password is asked for."""
    user = User(username=username, email=email)
    if not password:  # nobody types one for what cannot be kept anyway
        _refuse(users.problems(user, role=role))
    secret = password or ask_password(PASSWORD, again=True)
    try:
        users.make_user(user, role=role, password=secret, by=who(), now=clock())
    except users.UserInvalid as error:
        _refuse(error.all)
    typer.echo(_("User saved: %(name)s") % {"name": username})


def _refuse(wrong: Iterable[users.Wrong]) -> None:
    refuse_all(f"{field}: {sentence}" for field, sentence in wrong)


@app.command("first-link")
def first_link(
    host: Annotated[str, typer.Option(help=str(gettext_lazy("Address of the console")))] = (
        "127.0.0.1"
    ),
    port: Annotated[int, typer.Option(help=str(gettext_lazy("Port of the console")))] = 8000,
) -> None:
    """Print a link that makes the first administrator, while there is no user."""
    from emailketing.web.console.first_run import first_run_path

    path = first_run_path()
    if not path:
        refuse(_("There is a user already: sign in, or set a password with “user password”."))
    typer.echo(f"http://{host}:{port}{path}")


@app.command("password")
def set_password(username: str, password: Secret = "") -> None:
    """Set a new password: ends the sessions, and the wait after too many wrong passwords."""
    user = User.objects.filter(username=username).first()
    if user is None:
        refuse(_("There is no user “%(name)s”.") % {"name": username})
    secret = password or ask_password(PASSWORD, again=True)
    try:
        users.set_password(user, secret, by=who(), now=clock())
    except users.UserInvalid as error:
        refuse(error)
    typer.echo(_("User saved: %(name)s") % {"name": username})
