"""`emailketing listing right`: who sees a listing."""

from typing import Annotated

import typer
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from emailketing.accounts.models import User
from emailketing.cli.show import clock, refuse, who
from emailketing.listings.errors import ListingError
from emailketing.listings.known import find_listing
from emailketing.listings.right import (
    CHOSEN_ROLES,
    RightInvalid,
    choose_right,
    open_to_everybody,
    who_sees,
)


def register(app: typer.Typer) -> None:
    app.command()(right)


def right(
    name: Annotated[
        str, typer.Argument(help=str(gettext_lazy("Name, as “listing list” shows it")))
    ],
    role: Annotated[list[str] | None, typer.Option(help=", ".join(CHOSEN_ROLES))] = None,
    user: Annotated[
        list[str] | None, typer.Option(help=str(gettext_lazy("Name of a user; several times")))
    ] = None,
    everybody: Annotated[
        bool,
        typer.Option("--everybody", help=str(gettext_lazy("Everybody who may look at listings"))),
    ] = False,
    administrators: Annotated[
        bool, typer.Option("--administrators", help=str(gettext_lazy("Nobody but administrators")))
    ] = False,
) -> None:
    """Choose who sees a listing, besides administrators; without options, only say it."""
    try:
        name = find_listing(name).name
        if everybody:
            open_to_everybody(name, by=who(), now=clock())
        elif role or user or administrators:
            users = [_user(each) for each in user or []]
            choose_right(name, roles=role or [], users=users, by=who(), now=clock())
    except (ListingError, RightInvalid) as error:
        refuse(error)
    typer.echo(_("%(name)s is seen by: %(who)s.") % {"name": name, "who": who_sees(name)})


def _user(name: str) -> User:
    found = User.objects.filter(username=name).first()
    if found is None:
        refuse(_("There is no user “%(name)s”.") % {"name": name})
    return found
