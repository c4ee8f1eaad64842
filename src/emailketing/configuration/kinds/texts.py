"""Templates with their newest text in every language."""

from collections.abc import Iterator

from django.utils.translation import gettext as _

from emailketing.configuration.kind import (
    ConfigurationInvalid,
    Entry,
    EntryKind,
    Take,
    entry_of,
    fill,
)
from emailketing.content.models import Brand, Template
from emailketing.content.save import TemplateInvalid, Texts, save_revision
from emailketing.content.save_template import SettingsInvalid, save_template
from emailketing.content.store import StoreFull

OWN = {
    **dict.fromkeys(("name", "document_type", "channel", "layout", "description"), str),
}
TEMPLATE: dict[str, type] = {**OWN, "brand": str, "texts": dict}
PARTS = ("subject", "preheader", "format", "body", "button")


def read_templates() -> Iterator[Entry]:
    for template in Template.objects.select_related("brand").order_by("slug"):
        yield {
            "slug": template.slug,
            **entry_of(template, OWN),
            "brand": template.brand.name if template.brand else "",
            "texts": _texts(template),
        }


def _texts(template: Template) -> dict[str, Entry]:
    newest = {revision.language: revision for revision in template.revisions.order_by("number")}
    return {
        language: {part: getattr(revision, part) for part in PARTS}
        for language, revision in sorted(newest.items())
    }


def take_template(entry: Entry, take: Take, is_new: bool) -> None:
    template = Template(slug=entry["slug"])
    if not is_new:
        template = Template.objects.get(slug=entry["slug"])
    fill(template, entry, OWN)
    template.brand = _brand(entry.get("brand", ""))
    save_template(template, by=take.by, now=take.now)
    known = _texts(template)
    for language, text in entry.get("texts", {}).items():
        parts = {part: str(text.get(part, "")) for part in PARTS}
        if parts != known.get(language):
            save_revision(
                template,
                language=language,
                texts=Texts(**{**parts, "format": parts["format"] or "simple"}),
                sample=None,
                by=take.by,
                now=take.now,
            )


def _brand(name: str) -> Brand | None:
    if not name:
        return None
    brand = Brand.objects.filter(name=name).first()
    if brand is None:
        raise ConfigurationInvalid(_("there is no brand “%(name)s”.") % {"name": name})
    return brand


KINDS = (
    EntryKind(
        "template",
        ("slug",),
        TEMPLATE,
        read_templates,
        take_template,
        Template,
        needs=("brand",),
        refusals=(SettingsInvalid, TemplateInvalid, StoreFull),
    ),
)
