"""Save what an author wrote as a new, immutable revision, or say exactly what is wrong."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction

from emailketing.content.compile import CompileFailed, compile_revision
from emailketing.content.frozen_look import freeze_look
from emailketing.content.look import look_of
from emailketing.content.models import Brand, Revision, Template
from emailketing.content.render import RenderFailed, render
from emailketing.content.samples import sample_data


@dataclass(frozen=True, slots=True)
class Texts:
    """What an author writes in one language."""

    subject: str
    preheader: str
    body: str
    format: str = Revision.Format.SIMPLE


class TemplateInvalid(Exception):
    """A text cannot be saved; str() says what, where and what was probably meant."""

    def __init__(self, sentence: str, line: int = 1, suggestion: str = "") -> None:
        super().__init__(f"{sentence} {suggestion}".strip())
        self.sentence = sentence
        self.line = line
        self.suggestion = suggestion


def save_revision(
    template: Template,
    *,
    language: str,
    texts: Texts,
    sample: dict[str, Any] | None,
    by: str,
    now: datetime,
) -> Revision:
    """Check the texts, compile them and keep them as the newest revision of this language.

    Args:
        template: whose texts these are.
        language: es, en or pt.
        texts: subject, preview line and body.
        sample: a document of this kind to try with; None takes an invented one.
        by: who saves.
        now: when.

    Raises:
        TemplateInvalid: nothing is saved; the sentence names the line.
        StoreFull: the logo cannot be kept.
    """
    look = look_of(template.brand or default_brand())
    try:
        compiled = compile_revision(
            subject=texts.subject,
            preheader=texts.preheader,
            body=texts.body,
            style=texts.format,
            brand=look,
            language=language,
        )
        data = sample_data(template.document_type, language)
        render(compiled, {**data, "document": sample or data["document"]}, language=language)
    except CompileFailed as error:
        raise TemplateInvalid(str(error), error.line) from error
    except RenderFailed as error:
        raise TemplateInvalid(str(error)) from error
    with transaction.atomic():
        newest = template.revisions.filter(language=language).order_by("-number").first()
        return Revision.objects.create(
            template=template,
            language=language,
            number=(newest.number if newest else 0) + 1,
            subject=texts.subject,
            preheader=texts.preheader,
            format=texts.format,
            body=texts.body,
            html=compiled.html,
            text=compiled.text,
            brand=freeze_look(look),
            created_at=now,
            created_by=by[:150],
        )


def default_brand() -> Brand | None:
    return Brand.objects.filter(is_default=True).first() or Brand.objects.first()
