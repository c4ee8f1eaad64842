"""What a connector brings for whoever writes: starter texts, papers, an invented document."""

import json
import re
from pathlib import Path

from django.utils.translation import gettext as _

from emailketing.common.plain import JSON, Values
from emailketing.content.declared import LAYOUTS, Layout, Starter
from emailketing.content.models import MOST
from emailketing.content.save import TemplateInvalid
from emailketing.content.starters import STARTERS, chosen_layout
from emailketing.content.text_file import read_texts
from emailketing.sources.connectors.audit import Labels
from emailketing.sources.connectors.model import Connector
from emailketing.sources.connectors.section import LANGUAGES, Section, closed

SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")


def read_starters(top: Section) -> dict[str, Starter]:
    """Read `[starters.<name>]`; its texts stand beside it, `<name>.es.txt` and so on."""
    return {
        slug: closed(section, _starter, slug)
        for slug, section in top.named("starters", any_name=True)
    }


def _starter(section: Section, slug: str) -> Starter:
    _check_slug(section, slug)
    for language in LANGUAGES:
        _check_text(section, f"{slug}.{language}.txt")
    starter = Starter(
        name=section.text("name"),
        document_type=section.text("document"),
        description=section.text("description", ""),
        layout=section.text("layout") if "layout" in section.words() else None,
        folder=section.folder,
    )
    _fits(section, slug, MOST["slug"])
    _fits(section, starter.name, MOST["name"])
    _fits(section, starter.description, MOST["description"])
    return starter


def check_starters(connector: Connector, top: Section) -> None:
    """Refuse a starter for a kind of document that is not there, or with such a layout."""
    ours = {starter.document_type for starter in STARTERS.values()}
    for slug, starter in connector.starters.items():
        place = top.at(f"starters.{slug}")
        if starter.document_type not in ours | connector.documents.keys():
            name = {"name": starter.document_type}
            raise place.wrong(_("there is no [documents.%(name)s].") % name)
        layout = chosen_layout(slug, starter)
        is_ours = SLUG.fullmatch(layout) and (LAYOUTS / f"{layout}.typ").is_file()
        if layout and layout not in connector.layouts and not is_ours:
            sentence = _("There is no document layout “%(name)s”.")
            raise place.wrong(sentence % {"name": layout[:200]})


def _check_text(section: Section, file: str) -> None:
    try:
        read_texts(_needed(section, file).read_text(encoding="utf-8"))
    except (TemplateInvalid, OSError, ValueError) as error:
        raise section.wrong(f"{file}: {error}") from error


def _fits(section: Section, text: str, most: int) -> None:
    """A template is made of it, and PostgreSQL keeps no more than its column takes."""
    if len(text) > most:
        sentence = _("“%(text)s…” is longer than %(most)s characters.")
        raise section.wrong(sentence % {"text": text[:40], "most": most})


def read_layouts(top: Section) -> dict[str, Layout]:
    """Read `[layouts]`: the title of each paper `<name>.typ` that any template may choose."""
    return {
        name: Layout(section.labels(name), _needed(section, f"{_check_slug(section, name)}.typ"))
        for name, section in top.each("layouts")
    }


def read_labels(top: Section) -> dict[str, Labels]:
    """Read `[labels]`: what the connector's papers call things."""
    return {name: section.labels(name) for name, section in top.each("labels")}


def read_sample(section: Section) -> Values:
    """Read the invented document of a kind out of its JSON file."""
    name = section.text("sample", "")
    if not name:
        return {}
    try:
        found = json.loads(_needed(section, name).read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise section.wrong(f"{name}: {error}") from error
    if not isinstance(found, dict):
        raise section.wrong(_("%(file)s must hold one document: { … }.") % {"file": name})
    read: Values = found
    return read


def spoken(value: JSON, language: str) -> JSON:
    """Return an invented value in a language: {"es": "…", "en": "…"} is one text."""
    if isinstance(value, list):
        return [spoken(row, language) for row in value]
    if not isinstance(value, dict):
        return value
    if value and set(value) <= set(LANGUAGES):
        texts: Values = value
        return texts.get(language) or next(iter(texts.values()))
    return {name: spoken(inner, language) for name, inner in value.items()}


def _check_slug(section: Section, slug: str) -> str:
    if not SLUG.fullmatch(slug):
        sentence = _("the name “%(name)s” may hold small letters, digits and - only.")
        raise section.wrong(sentence % {"name": slug})
    return slug


def _needed(section: Section, file: str) -> Path:
    path = section.folder.resolve() / file
    if path.parent != section.folder.resolve() or not path.is_file():
        raise section.wrong(_("there is no file %(file)s.") % {"file": file})
    return path
