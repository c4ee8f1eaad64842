"""`emailketing template …`: templates from the command line, one text file per language."""

import json
from pathlib import Path
from typing import Annotated

import typer
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from emailketing.audience.template_data import template_data
from emailketing.cli.show import clock, local, refuse, save, table, who
from emailketing.common.document import as_document
from emailketing.common.os_errors import why
from emailketing.common.plain import Entry
from emailketing.content.documents import DocumentFailed, make_pdf
from emailketing.content.look import look_for
from emailketing.content.models import Revision, Template
from emailketing.content.render import RenderFailed, render
from emailketing.content.samples import sample_data
from emailketing.content.save import TemplateInvalid, Texts, save_revision
from emailketing.content.save_template import SettingsInvalid, save_template
from emailketing.content.store import StoreFull
from emailketing.content.text_file import read_texts, write_texts
from emailketing.sources.models import Source
from emailketing.triggers.notifications.rules.fitting import templates_for
from emailketing.triggers.reports.definition.button import why_button_is_dead

app = typer.Typer(no_args_is_help=True)
Language = Annotated[str, typer.Option(help="es, en, pt")]
Document = Annotated[
    Path | None,
    typer.Option(help=str(gettext_lazy("A document as JSON; without it an invented one"))),
]


def _template(slug: str) -> Template:
    template = Template.objects.filter(slug=slug).select_related("brand").first()
    if template is None:
        refuse(_("There is no template “%(slug)s”.") % {"slug": slug})
    return template


def _revision(slug: str, language: str) -> Revision:
    revision = _template(slug).current(language)
    if revision is None:
        refuse(_("The template “%(slug)s” has no text yet.") % {"slug": slug})
    return revision


@app.command("list")
def list_templates(
    fits: Annotated[
        str, typer.Option("--for", help=str(gettext_lazy("Only for source:process")))
    ] = "",
) -> None:
    """List all templates with the newest text of each language."""
    rows = []
    templates = Template.objects.prefetch_related("revisions")
    if fits:
        templates = templates.filter(pk__in=_fitting(fits))
    for template in templates:
        newest = {r.language: r for r in template.revisions.order_by("number")}
        texts = ", ".join(f"{name} {r.number}" for name, r in sorted(newest.items()))
        rows.append((template.slug, template.name, template.document_type, template.layout, texts))
    table((_("Identifier"), _("Name"), _("Document"), _("Layout"), _("Texts")), rows)


def _fitting(what: str) -> list[int]:
    slug, _colon, process = what.partition(":")
    source = Source.objects.filter(slug=slug).first()
    if source is None:
        refuse(_("There is no source “%(source)s”.") % {"source": slug})
    return [template.pk for template in templates_for(source, process)]


@app.command()
def add(slug: str, name: str, document_type: str = "", layout: str = "") -> None:
    """Make an empty template; its texts come with “edit”."""
    template = Template(slug=slug, name=name, document_type=document_type, layout=layout)
    try:
        save_template(template, by=who(), now=clock())
    except SettingsInvalid as error:
        refuse("\n".join(f"{field}: {sentence}" for field, sentence in error.problems.items()))
    typer.echo(_("Template “%(slug)s” saved.") % {"slug": slug})


@app.command()
def show(slug: str, language: Language = "es") -> None:
    """Show the newest text of a language and who wrote it."""
    revision = _revision(slug, language)
    line = _("%(language)s, revision %(number)s, %(at)s, %(by)s") % {
        "language": revision.language,
        "number": revision.number,
        "at": local(revision.created_at),
        "by": revision.created_by,
    }
    typer.echo(f"{line}\n\n{write_texts(Texts.of(revision))}")
    _say_button(revision)


def _say_button(revision: Revision) -> None:
    """Say where the button of an approved text does not lead."""
    if why := why_button_is_dead(revision.button, clock()):
        typer.echo(f"! {why}", err=True)


@app.command()
def export(slug: str, file: Path, language: Language = "es") -> None:
    """Write the newest text of a language into a file, to be changed and given to “edit”."""
    save(file, write_texts(Texts.of(_revision(slug, language))).encode())
    typer.echo(_("Saved: %(name)s") % {"name": file})


@app.command()
def edit(slug: str, file: Path, language: Language = "es", document: Document = None) -> None:
    """Save a file as the newest text: subject, preview line, an empty line, body."""
    template = _template(slug)
    sample = _json(document) if document else None
    try:
        texts = read_texts(_read(file))
        revision = save_revision(
            template, language=language, texts=texts, sample=sample, by=who(), now=clock()
        )
    except (TemplateInvalid, StoreFull) as error:
        refuse(error)
    typer.echo(_("Revision %(number)s saved.") % {"number": revision.number})
    _say_button(revision)


@app.command()
def preview(
    slug: str,
    language: Language = "es",
    document: Document = None,
    pdf: Annotated[Path | None, typer.Option(help=str(gettext_lazy("Save the PDF here")))] = None,
    html: Annotated[Path | None, typer.Option(help=str(gettext_lazy("Save the page here")))] = None,
) -> None:
    """Write a template out with a document, sending nothing."""
    revision = _revision(slug, language)
    template = revision.template
    sample = sample_data(template.document_type, language)
    data = template_data(as_document(_json(document) if document else sample["document"]))
    data |= {"event": sample["event"], "recipient": sample["recipient"]}
    try:
        mail = render(revision, data, language=language)
        if pdf:
            look = look_for(template)
            save(pdf, make_pdf(template.layout, data, language=language, brand=look))
    except (RenderFailed, DocumentFailed) as error:
        refuse(error)
    if html:
        save(html, mail.html.encode())
    typer.echo(f"{mail.subject}\n\n{mail.text}")
    if revision.button:
        typer.echo(_("Button: %(address)s") % {"address": revision.button})


def _read(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8")
    except OSError as error:
        refuse(_("%(file)s cannot be read: %(why)s.") % {"file": file, "why": why(error)})
    except ValueError:
        refuse(_("%(file)s is not a text in UTF-8.") % {"file": file})


def _json(file: Path) -> Entry:
    try:
        document = json.loads(_read(file))
    except ValueError as error:
        refuse(_("%(file)s is not valid JSON: %(why)s.") % {"file": file, "why": error})
    if not isinstance(document, dict):
        refuse(_("%(file)s does not hold a document.") % {"file": file})
    return document
