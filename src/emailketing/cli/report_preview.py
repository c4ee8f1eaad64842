"""`emailketing report preview`: what a report would send now, written into a folder."""

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated

import typer
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from emailketing.cli.report_parts import report_of
from emailketing.cli.show import clock, refuse, save, table, who
from emailketing.common.language import active_language
from emailketing.common.os_errors import why
from emailketing.content.render import RenderFailed
from emailketing.content.store import StoreFull
from emailketing.triggers.reports.definition.button import buttons_of
from emailketing.triggers.reports.running.ended import RunEnded
from emailketing.triggers.reports.running.preview import ReportPreview, preview_report


def register(app: typer.Typer) -> None:
    app.command()(preview)


def preview(
    number: int,
    folder: Annotated[
        Path | None, typer.Option(help=str(gettext_lazy("Write mail, texts and files into it")))
    ] = None,
    language: str = "",
    part: Annotated[
        str, typer.Option(help=str(gettext_lazy("Whose rows: “Casa Central”; else all")))
    ] = "",
) -> None:
    """Show what a report would send now, on today's data; nothing is sent."""
    report = report_of(number)
    with TemporaryDirectory(prefix="report-") as place:
        try:
            found = preview_report(
                report,
                now=clock(),
                language=language or active_language(),
                folder=Path(place),
                part=part,
                by=who(),
            )
        except (RunEnded, RenderFailed, StoreFull) as error:
            refuse(error)
    _say(found)
    for address in buttons_of(report, language or active_language()).values():
        typer.echo(_("Button: %(address)s") % {"address": address})
    if folder is not None:
        _write(found, folder)


def _say(found: ReportPreview) -> None:
    typer.echo(found.mail.subject)
    typer.echo(found.mail.text)
    for text in found.phones.values():
        typer.echo(text)
    table(
        (_("Share"), _("Recipients"), _("Rows")),
        [(one.part or _("all"), ", ".join(one.people), one.rows) for one in found.shares],
    )
    for value, count in found.unowned:
        words = {"value": value or "", "count": count}
        typer.echo(_("Of nobody: “%(value)s”, rows: %(count)s") % words)
    for sentence in filter(None, [*found.problems, found.verdict]):
        typer.echo(f"! {sentence}", err=True)


def _write(found: ReportPreview, folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        refuse(_("%(file)s cannot be written: %(why)s.") % {"file": folder, "why": why(error)})
    save(folder / "mail.html", found.mail.html.encode())
    save(folder / "mail.txt", found.mail.text.encode())
    for channel, text in found.phones.items():
        save(folder / f"{channel}.txt", text.encode())
    for file in found.files:
        save(folder / file.file_name, file.content)
    typer.echo(_("Written into %(folder)s.") % {"folder": folder})
