"""A text as a file: subject, preview line, an empty line, body. For starters, export and edit."""

from django.utils.translation import gettext as _

from emailketing.content.models import Revision
from emailketing.content.save import TemplateInvalid, Texts


def read_texts(text: str) -> Texts:
    """Read the file; a body that begins with <mjml> is MJML.

    Raises:
        TemplateInvalid: it does not have that form.
    """
    rows = text.replace("\r\n", "\n").removeprefix("\ufeff").split("\n", 3)
    if len(rows) < len(("subject", "preheader", "", "body")) or rows[2].strip():
        sentence = _("The file begins with the subject, the preview line and an empty line.")
        raise TemplateInvalid(sentence, min(len(rows), 3))
    subject, preheader, _empty, body = rows
    is_mjml = body.lstrip().startswith("<mjml")
    return Texts(
        subject=subject.strip(),
        preheader=preheader.strip(),
        body=body.strip(),
        format=Revision.Format.MJML if is_mjml else Revision.Format.SIMPLE,
    )


def write_texts(texts: Texts) -> str:
    """Write what `read_texts` reads."""
    return f"{texts.subject}\n{texts.preheader}\n\n{texts.body}\n"
