"""A text as a file, for starters, export and edit.

A mail: subject, preview line, an empty line, body. For phones a first line says the format:
“format: short”, an empty line, the text; “format: approved”, the name, the address of its
button if it has one (“button: https://…/{{1}}”), an empty line, parameters.
"""

import re

from django.utils.translation import gettext as _

from emailketing.content.models import Revision
from emailketing.content.save import TemplateInvalid, Texts

FORMAT = re.compile(r"format:\s*(\w+)\s*(?:\n|$)")
BUTTON = re.compile(r"button:[ \t]*(\S*)[ \t]*(?:\n|$)")
SHORT, APPROVED = Revision.Format.SHORT, Revision.Format.APPROVED


def read_texts(text: str) -> Texts:
    """Read the file; a body that begins with <mjml> is MJML.

    Raises:
        TemplateInvalid: it does not have that form.
    """
    text = text.replace("\r\n", "\n").removeprefix("\ufeff")
    if said := FORMAT.match(text):
        return _read_phone(said.group(1), text[said.end() :])
    rows = text.split("\n", 3)
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


def _read_phone(style: str, rest: str) -> Texts:
    if style == SHORT:
        return Texts("", "", rest.strip(), SHORT)
    if style != APPROVED:
        raise TemplateInvalid(_("There is no format “%(name)s”.") % {"name": style})
    head, _line, body = rest.strip().partition("\n")
    name, button = head.strip(), ""
    if said := BUTTON.match(body):
        button, body = said.group(1), body[said.end() :]
    return Texts(name, "", body.strip(), APPROVED, button)


def write_texts(texts: Texts) -> str:
    """Write what `read_texts` reads."""
    if texts.format == SHORT:
        return f"format: short\n\n{texts.body}\n"
    if texts.format == APPROVED:
        button = f"button: {texts.button}\n" if texts.button else ""
        return f"format: approved\n{texts.subject}\n{button}\n{texts.body}\n"
    return f"{texts.subject}\n{texts.preheader}\n\n{texts.body}\n"
