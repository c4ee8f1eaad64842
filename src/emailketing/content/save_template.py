"""Save what a template is for, bring an old text back, delete one that nothing was written with."""

import re
from datetime import datetime

from django.db import transaction
from django.db.models import ProtectedError
from django.utils.text import slugify
from django.utils.translation import gettext as _

from emailketing.accounts.audit import note
from emailketing.accounts.changes import kept, note_saved
from emailketing.accounts.who import Who
from emailketing.channels.catalogue import channels
from emailketing.common.one_line import line_problems
from emailketing.common.problems import Invalid, Problems, first_of
from emailketing.content.models import Revision, Template
from emailketing.content.save import Texts, keep_revision, try_texts

SLUG = re.compile(r"[-a-zA-Z0-9_]+")
LINES = ("slug", "name", "document_type", "layout", "description")


class SettingsInvalid(Invalid):
    """What a template is for cannot be kept so; `problems` has every sentence by its field."""


class TemplateInUse(Exception):
    """The template cannot be deleted; one sentence says why."""


@transaction.atomic
def save_template(template: Template, *, by: Who | str, now: datetime) -> Template:
    """Check and save what a template is for, and note what changed; its texts are revisions.

    A new one without an identifier gets one of its name.

    Raises:
        SettingsInvalid: all that is wrong.
    """
    template.slug = template.slug or free_slug(template.name)
    if wrong := wrong_with(template):
        raise SettingsInvalid(wrong)
    before = kept(template)
    template.save()
    note_saved(template, before, by=by, now=now)
    return template


def wrong_with(template: Template) -> dict[str, str]:
    """Return everything that is wrong with what a template is for, by field, one sentence each."""
    return first_of(_problems(template))


def _problems(template: Template) -> Problems:
    if not template.name.strip():
        yield "name", _("This must not be empty.")
    yield from line_problems(template, *LINES)
    if template.slug and not SLUG.fullmatch(template.slug):
        yield "slug", _("The identifier has letters, digits, “-” and “_” only.")
    if Template.objects.exclude(pk=template.pk).filter(slug=template.slug).exists():
        yield "slug", _("There is a template “%(slug)s” already.") % {"slug": template.slug}
    yield from _channel_problems(template)


def _channel_problems(template: Template) -> Problems:
    if template.channel not in channels():
        yield "channel", _("There are: %(names)s.") % {"names": ", ".join(channels())}
    known = Template.objects.filter(pk=template.pk).first()
    if known and known.channel != template.channel and known.revisions.exists():
        yield "channel", _("It stays once a text was saved.")


def free_slug(name: str) -> str:
    stem = slugify(name)[:70] or "template"
    taken = set(Template.objects.filter(slug__startswith=stem).values_list("slug", flat=True))
    number, slug = 1, stem
    while slug in taken:
        number += 1
        slug = f"{stem}-{number}"
    return slug


def restore_revision(old: Revision, *, by: Who | str, now: datetime) -> Revision:
    """Save the text of an old revision as the newest, and note it.

    Raises:
        TemplateInvalid: the text cannot be used any more.
        StoreFull: the logo cannot be kept.
    """
    texts = Texts.of(old)
    draft = try_texts(old.template, language=old.language, texts=texts, sample=None)
    with transaction.atomic():
        new = keep_revision(old.template, draft, by=str(by), now=now)
        changes = {old.language: [old.number, new.number]}
        note("restored", by=by, now=now, about=old.template, changes=changes)
    return new


@transaction.atomic
def delete_template(template: Template, *, by: Who | str, now: datetime) -> None:
    """Forget a template and its texts; one that something was written with stays.

    Raises:
        TemplateInUse: one sentence.
    """
    note("deleted", by=by, now=now, about=template)
    try:
        template.revisions.all().delete()
        template.delete()
    except ProtectedError as error:
        raise TemplateInUse(_("It is used by a rule or a message, so it stays.")) from error
