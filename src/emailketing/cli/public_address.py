"""`emailketing public-address …`: where links in messages are opened."""

from typing import Annotated

import typer
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from emailketing.cli.show import clock, local, refuse, table, who
from emailketing.company.check import CompanyInvalid
from emailketing.company.models import Company
from emailketing.company.save import save_company
from emailketing.links.check_address import check_address
from emailketing.links.keys import new_link_key
from emailketing.links.outside import NotFromOutside, ask_from_outside
from emailketing.links.public_address import known_address, public_url, why_no_links

app = typer.Typer(no_args_is_help=True)


@app.command()
def show() -> None:
    """Say what is known of it and whether messages carry links; code 1 when they do not."""
    known = known_address()
    certificate = known.certificate
    table(
        ("", _("Public address")),
        [
            (_("Address"), known.url or "–"),
            (_("Last tried"), local(known.checked_at)),
            (_("Worked last"), local(known.worked_at)),
            (_("Certificate of"), str(certificate.get("issuer", ""))),
            (_("Valid until"), str(certificate.get("until", ""))[:10]),
            (_("Leads to"), ", ".join(known.addresses)),
            (_("Opened from outside"), local(known.outside_at)),
            (_("by"), known.outside_from),
        ],
    )
    if why := why_no_links(clock()):
        refuse(why)
    typer.echo(_("Messages carry links."))


@app.command("set")
def change(
    address: Annotated[
        str, typer.Argument(help=str(gettext_lazy("https://mail.example.com; - for none")))
    ],
) -> None:
    """Set it; what was known of the one before counts no more."""
    company = Company.get()
    company.public_url = "" if address == "-" else address
    try:
        save_company(company, by=who(), now=clock())
    except CompanyInvalid as error:
        refuse("\n".join(error.problems.values()))
    typer.echo(_("Public address: %(url)s") % {"url": company.public_url or "–"})


@app.command()
def test() -> None:
    """Ask it for a one-time token from here, over the Internet; code 1 when it is not answered."""
    if not public_url():
        refuse(_("Set the public address first."))
    known = check_address(clock())
    if known.problem:
        refuse(known.problem_in_words)
    words = {"issuer": known.certificate["issuer"], "until": known.certificate["until"][:10]}
    sentence = _("It answers, with a certificate of %(issuer)s, valid until %(until)s.")
    typer.echo(sentence % words)
    if why := why_no_links(clock()):
        typer.echo(why)


@app.command()
def outside() -> None:
    """Print a link to be opened once by a phone without the office's Wi-Fi."""
    try:
        typer.echo(ask_from_outside(by=who(), now=clock()))
    except NotFromOutside as error:
        refuse(error)


@app.command("new-key")
def new_key(
    end_old: Annotated[
        bool,
        typer.Option("--end-old", help=str(gettext_lazy("Links sent before open nothing more"))),
    ] = False,
) -> None:
    """Sign links with a new key; those signed before stay valid, unless --end-old."""
    new_link_key(by=who(), now=clock(), ends_old=end_old)
    typer.echo(_("Links are signed with a new key."))
