"""`emailketing listing list`: all listings, and what each may be asked with."""

import typer
from django.utils.translation import gettext as _

from emailketing.cli.show import table
from emailketing.listings.ask import parameters_of
from emailketing.listings.known import KnownListing, known_listings
from emailketing.listings.right import who_sees


def register(app: typer.Typer) -> None:
    app.command("list")(list_listings)


def list_listings() -> None:
    """List all listings, and what each may be asked with."""
    table(
        (_("Name"), _("Title"), _("Source"), _("Parameters"), _("Who sees it")),
        [
            (
                each.name,
                each.label,
                each.listing.source.name,
                _parameters(each),
                who_sees(each.name),
            )
            for each in known_listings()
        ],
    )


def _parameters(known: KnownListing) -> str:
    found = parameters_of(known.listing)
    return ", ".join(f"{p.name}={p.default if p.default is not None else '…'}" for p in found)
