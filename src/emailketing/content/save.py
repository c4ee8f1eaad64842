"""Save what an author wrote as a new, immutable revision, or say exactly what is wrong."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

from django.db import transaction
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from emailketing.accounts.audit import note
from emailketing.accounts.who import Who
from emailketing.channels.catalogue import channel_of
from emailketing.common.document import Document
from emailketing.common.plain import Values
from emailketing.content.apart import GaveUp, ask_apart
from emailketing.content.button import wrong_button
from emailketing.content.compile import (
    BLOCK,
    PHONE_FORMATS,
    Compiled,
    CompileFailed,
    compile_revision,
)
from emailketing.content.declared import kinds_of
from emailketing.content.frozen_look import freeze_look
from emailketing.content.kinds import Kind, Kinds, declared
from emailketing.content.look import BrandLook, look_for
from emailketing.content.markup import check_markup
from emailketing.content.models import LANGUAGES, Revision, Template
from emailketing.content.names import WrongName, check_names
from emailketing.content.render import (
    FILTERS,
    Rendered,
    RenderFailed,
    check_syntax,
    render,
    render_text,
)
from emailketing.content.samples import sample_data
from emailketing.content.shape import NAMES, complete, merged
from emailketing.content.tags import unescaped

MOST_SUBJECT = 300
MOST_BODY = 200_000
MOST_PARAMETERS = 30
APPROVED_NAME = re.compile(r"[a-z0-9_]{1,200}")


@dataclass(frozen=True, slots=True)
class Texts:
    """What an author writes in one language."""

    subject: str
    preheader: str
    body: str
    format: str = Revision.Format.SIMPLE
    button: str = ""

    @classmethod
    def of(cls, revision: Revision) -> "Texts":
        """Return what the author of a revision wrote."""
        return cls(
            revision.subject, revision.preheader, revision.body, revision.format, revision.button
        )


def compile_texts(texts: Texts, *, look: BrandLook, language: str) -> Compiled:
    """Compile what an author wrote; `declared` says how the values of its document are written."""
    return compile_revision(
        subject=texts.subject,
        preheader=texts.preheader,
        body=texts.body,
        style=texts.format,
        brand=look,
        language=language,
    )


@dataclass(frozen=True, slots=True)
class Draft:
    """A checked and compiled text that is not kept yet."""

    language: str
    texts: Texts
    compiled: Compiled
    look: BrandLook


class TemplateInvalid(Exception):
    """A text cannot be saved; str() says what, where and what was probably meant."""

    def __init__(
        self, sentence: str, line: int = 1, suggestion: str = "", *, part: str = "body"
    ) -> None:
        super().__init__(f"{sentence} {suggestion}".strip())
        self.sentence = sentence
        self.line = line
        self.suggestion = suggestion
        self.part = part  # subject, preheader, body or button


def save_revision(
    template: Template,
    *,
    language: str,
    texts: Texts,
    sample: Document | Values | None,
    by: Who | str,
    now: datetime,
) -> Revision:
    """Check the texts, compile them, keep them as the newest of this language, and note it.

    Args:
        template: whose texts these are.
        language: es, en or pt.
        texts: what is written in this language.
        sample: a document of this kind to try with; None takes an invented one.
        by: who saves.
        now: when.

    Raises:
        TemplateInvalid: nothing is saved; the sentence names the line.
        StoreFull: the logo cannot be kept.
    """
    draft = try_texts(template, language=language, texts=texts, sample=sample)
    with transaction.atomic():
        revision = keep_revision(template, draft, by=str(by), now=now)
        changes = {language: [revision.number - 1, revision.number]}
        note("changed", by=by, now=now, about=template, changes=changes)
    return revision


def try_texts(
    template: Template, *, language: str, texts: Texts, sample: Document | Values | None
) -> Draft:
    """Check what somebody wrote for this template, and return it compiled; nothing is saved.

    Raises:
        TemplateInvalid: the sentence names the line.
    """
    _check_channel(texts, template.channel)
    draft, _written = check_apart(
        texts,
        document_type=template.document_type,
        language=language,
        sample=sample,
        look=look_for(template),
    )
    return draft


def try_shipped(template: Template, *, language: str, texts: Texts) -> Draft:
    """As `try_texts`, of texts that ship with the program: they need no process of their own.

    Raises:
        TemplateInvalid: the sentence names the line.
    """
    _check_channel(texts, template.channel)
    kinds = frozenset(kinds_of(template.document_type).items())
    return _checked_once(texts, template.document_type, language, look_for(template), kinds)


@lru_cache(maxsize=128)  # all that ship, for one brand
def _checked_once(
    texts: Texts,
    document_type: str,
    language: str,
    look: BrandLook,
    kinds: frozenset[tuple[str, Kind]],
) -> Draft:
    return check_texts(
        texts,
        document_type=document_type,
        language=language,
        sample=None,
        look=look,
        kinds=dict(kinds),
    )


def check_apart(
    texts: Texts,
    *,
    document_type: str,
    language: str,
    sample: Document | Values | None,
    look: BrandLook,
    data: Values | None = None,
) -> tuple[Draft, Rendered | None]:
    """Check what somebody is writing in a process that may die of it (S9); with `data`, show it.

    Raises:
        TemplateInvalid: what `check_texts` says, or that the text asks for too much.
        RenderFailed: it is well written, but these data do not go with it.
    """
    question: dict[str, Any] = {
        "texts": texts,
        "document_type": document_type,
        "language": language,
        "sample": sample,
        "look": look,
        "data": data,
        "kinds": dict(kinds_of(document_type)),
        "spoken": get_language(),
    }
    try:
        answer = ask_apart(question)
    except GaveUp as error:
        sentence = _("The text asks for more work or memory than a message may: make it simpler.")
        raise TemplateInvalid(sentence) from error
    if invalid := answer.get("invalid"):
        raise TemplateInvalid(**invalid)
    if failed := answer.get("failed"):
        raise RenderFailed(**failed)
    rendered = answer["rendered"]
    draft = Draft(language, texts, Compiled(**answer["compiled"]), look)
    return draft, Rendered.read(rendered, rendered["cards"]) if rendered else None


def check_texts(
    texts: Texts,
    *,
    document_type: str,
    language: str,
    sample: Document | Values | None,
    look: BrandLook,
    kinds: Kinds | None = None,
) -> Draft:
    """Check everything a revision must be, and return it compiled; nothing is saved.

    Raises:
        TemplateInvalid: the first thing that is wrong.
    """
    _check_sizes(texts, language)
    _check_button(texts, document_type)
    data: dict[str, Any] = complete(sample_data(document_type, language))
    known = merged(NAMES, data)
    if sample is not None:
        known = merged(known, {"document": sample})
        data = complete({**data, "document": sample})
    for part in ("body",) if texts.format in PHONE_FORMATS else ("subject", "preheader", "body"):
        _check_part(part, getattr(texts, part), known, data, language)
    try:
        if texts.format == Revision.Format.MJML:
            check_markup(texts.body)
        with declared(kinds or {}):
            compiled = compile_texts(texts, look=look, language=language)
        rendered = render(compiled, data, language=language)
    except CompileFailed as error:
        raise _invalid("body", str(error), error.line) from error
    except RenderFailed as error:
        raise TemplateInvalid(str(error), error.line) from error
    if not rendered.subject and texts.format != Revision.Format.SHORT:
        raise TemplateInvalid(_("The subject is empty."), part="subject")
    return Draft(language, texts, compiled, look)


def _check_sizes(texts: Texts, language: str) -> None:
    if language not in dict(LANGUAGES):
        raise TemplateInvalid(_("There is no language “%(name)s”.") % {"name": language})
    if texts.format not in Revision.Format.values:
        raise TemplateInvalid(_("There is no format “%(name)s”.") % {"name": texts.format})
    if texts.format in PHONE_FORMATS:
        _check_phone(texts)
    else:
        _check_mail(texts)
    if len(texts.body) > MOST_BODY:
        sentence = _("The body is longer than %(most)s characters.")
        raise TemplateInvalid(sentence % {"most": MOST_BODY})


def _check_channel(texts: Texts, channel: str) -> None:
    """Each channel says which formats it takes."""
    if texts.format not in channel_of(channel).formats:
        raise TemplateInvalid(_("This way of writing does not go with the channel."))


def _check_mail(texts: Texts) -> None:
    if not texts.subject.strip():
        raise TemplateInvalid(_("The subject is empty."), part="subject")
    if not texts.body.strip():
        raise TemplateInvalid(_("The body is empty."))
    _check_one_line("subject", texts.subject)
    _check_one_line("preheader", texts.preheader)


def _check_phone(texts: Texts) -> None:
    """Only text: no subject and no blocks, but the name of the approved one."""
    if block := BLOCK.search(texts.body):
        line = texts.body.count("\n", 0, block.start()) + 1
        raise _invalid("body", _("Blocks are for mails; a phone shows text only."), line)
    if texts.format == Revision.Format.SHORT:
        if not texts.body.strip():
            raise TemplateInvalid(_("The body is empty."))
        return
    if not APPROVED_NAME.fullmatch(texts.subject.strip()):
        sentence = _("The approved name has small letters, digits and underscores only.")
        raise TemplateInvalid(sentence, part="subject")
    rows = texts.body.strip().split("\n")
    empty = next((n for n, row in enumerate(rows, start=1) if texts.body.strip() and not row), 0)
    if empty:
        raise _invalid("body", _("One parameter on each line, without empty lines."), empty)
    if len(rows) > MOST_PARAMETERS:
        sentence = _("At most %(most)s parameters.") % {"most": MOST_PARAMETERS}
        raise _invalid("body", sentence, MOST_PARAMETERS + 1)


def _check_button(texts: Texts, document_type: str) -> None:
    button = texts.button if texts.format == Revision.Format.APPROVED else ""
    if wrong := wrong_button(button, document_type):
        raise TemplateInvalid(wrong, part="button")


def _check_one_line(part: str, text: str) -> None:
    if len(text.splitlines()) > 1:
        raise _invalid(part, _("Only one line goes here."), 1)
    if len(text) > MOST_SUBJECT:
        raise _invalid(part, _("At most %(most)s characters.") % {"most": MOST_SUBJECT}, 1)


def _check_part(part: str, source: str, known: Values, data: Values, language: str) -> None:
    """Try what the author wrote as it stands, so that the lines are the author's."""
    source = unescaped(source)
    try:
        check_syntax(source)
        check_names(source, known=known, filters=FILTERS)
        render_text(source, data, language)
    except WrongName as error:
        hint = _("Did you mean “%(name)s”?") % {"name": error.suggestion}
        suggestion = hint if error.suggestion else ""
        raise _invalid(part, error.sentence, error.line, suggestion) from error
    except RenderFailed as error:
        raise TemplateInvalid(str(error), error.line, part=part) from error


def _invalid(part: str, sentence: str, line: int, suggestion: str = "") -> TemplateInvalid:
    pattern = {
        "subject": _("Subject: %(what)s"),
        "preheader": _("Preview line: %(what)s"),
        "body": _("Line %(line)s: %(what)s"),
    }[part]
    whole = pattern % {"line": line, "what": sentence}
    return TemplateInvalid(whole, line, suggestion, part=part)


def keep_revision(template: Template, draft: Draft, *, by: str, now: datetime) -> Revision:
    """Write a checked text down as the newest revision.

    Raises:
        StoreFull: the logo cannot be kept.
    """
    with transaction.atomic():
        Template.objects.select_for_update().get(pk=template.pk)  # one number for one revision
        newest = template.revisions.filter(language=draft.language).order_by("-number").first()
        number = (newest.number if newest else 0) + 1
        revision = _revision(template, draft, number=number, by=by, now=now)
        revision.save()
        return revision


def keep_first(template: Template, drafts: Iterable[Draft], *, by: str, now: datetime) -> None:
    """Write checked texts down, each the first of its language; what somebody wrote stays.

    Raises:
        StoreFull: the logo cannot be kept.
    """
    with transaction.atomic():
        Template.objects.select_for_update().get(pk=template.pk)
        there = set(template.revisions.values_list("language", flat=True))
        Revision.objects.bulk_create(
            _revision(template, draft, number=1, by=by, now=now)
            for draft in drafts
            if draft.language not in there
        )


def _revision(template: Template, draft: Draft, *, number: int, by: str, now: datetime) -> Revision:
    texts = draft.texts
    return Revision(
        template=template,
        language=draft.language,
        number=number,
        subject=texts.subject,
        preheader=texts.preheader,
        format=texts.format,
        body=texts.body,
        html=draft.compiled.html,
        text=draft.compiled.text,
        button=texts.button if texts.format == Revision.Format.APPROVED else "",
        brand=freeze_look(draft.look),
        created_at=now,
        created_by=by[:150],
    )
