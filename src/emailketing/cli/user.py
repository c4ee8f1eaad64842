"""`emailketing user …`: who may sign in."""

from typing import Annotated

import typer
from django.contrib.auth.models import Group
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from emailketing.accounts.audit import note
from emailketing.accounts.models import User
from emailketing.accounts.roles import ensure_roles
from emailketing.accounts.sign_in import PASSWORD_SET
from emailketing.cli.show import COMMAND_LINE, ask_password, clock, operator, refuse, table

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
    ensure_roles()
    group = Group.objects.filter(name=role).first()
    if group is None:
        refuse(_("There is no role “%(role)s”.") % {"role": role})
    if User.objects.filter(username__iexact=username).exists():
        refuse(_("There is already a user “%(name)s”.") % {"name": username})
    secret = password or ask_password(PASSWORD, again=True)
    user = User(username=username, email=email, is_staff=True)
    _refuse_what_is_wrong(user, secret)
    user.is_superuser = role == "administrator"
    user.set_password(secret)
    user.save()
    user.groups.add(group)
    note("created", by=operator(), now=clock(), about=user, came_from=COMMAND_LINE)
    typer.echo(_("User saved: %(name)s") % {"name": username})


def _refuse_what_is_wrong(user: User, secret: str) -> None:
    """The same as on the page of a user, all at once; an old name keeps nobody locked out."""
    wrong: list[str] = []
    try:
        if user._state.adding:
            user.clean_fields(exclude=["password"])
    except ValidationError as error:
        wrong += error.messages
    try:
        validate_password(secret, user)
    except ValidationError as error:
        wrong += error.messages
    if wrong:
        refuse(" ".join(wrong))


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
    _refuse_what_is_wrong(user, secret)
    user.set_password(secret)
    user.save(update_fields=["password"])
    note(PASSWORD_SET, by=operator(), now=clock(), about=user, came_from=COMMAND_LINE)
    typer.echo(_("User saved: %(name)s") % {"name": username})
