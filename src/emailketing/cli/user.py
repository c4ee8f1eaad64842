"""`emailketing user …`: who may sign in."""

from typing import Annotated

import typer
from django.contrib.auth.models import Group
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from emailketing.accounts.audit import note
from emailketing.accounts.models import User
from emailketing.accounts.roles import ensure_roles
from emailketing.cli.show import COMMAND_LINE, ask_password, clock, operator, refuse, table

app = typer.Typer(help=str(gettext_lazy("Users of the console")), no_args_is_help=True)
PASSWORD = "EMAILKETING_USER_PASSWORD"  # noqa: S105 - the name of the variable


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
    password: Annotated[str, typer.Option(envvar=PASSWORD, hidden=True)] = "",
) -> None:
    """Make a user; the password is asked for."""
    ensure_roles()
    group = Group.objects.filter(name=role).first()
    if group is None:
        refuse(_("There is no role “%(role)s”.") % {"role": role})
    if User.objects.filter(username=username).exists():
        refuse(_("There is already a user “%(name)s”.") % {"name": username})
    secret = password or ask_password(PASSWORD, again=True)
    user = User.objects.create_user(username, email, secret, is_staff=True)
    user.is_superuser = role == "administrator"
    user.save()
    user.groups.add(group)
    note("created", by=operator(), now=clock(), about=user, came_from=COMMAND_LINE)
    typer.echo(_("User saved: %(name)s") % {"name": username})
