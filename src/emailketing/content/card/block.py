"""The block [[card: design | words | name]]: a card with the name of whoever gets the mail.

Words and name may be left out. Where pictures are not shown the sentence stands there, in the
brand's colours; the text part has the sentence, too.
"""

import html
import json
import re

from django.utils.translation import gettext as _

from emailketing.content.card.card import DESIGNS
from emailketing.content.look import BrandLook
from emailketing.content.tables import BlockWrong
from emailketing.content.tags import TAG

WIDTH = 600  # px: the width of a mail
# who gets it, else the customer or supplier; whose day it is a text says where that is another
WHOSE = "{{ recipient.name or document.party.name }}"
PARTS = ("words", "name")
# not inside {{ … }}, where | belongs to the engine
_BETWEEN = re.compile(r"\|(?![^{]*\}\})")


def card_html(argument: str, _brand: BrandLook) -> str:
    design, words, name = _parts(argument)
    address = f"{{{{ {words}|card({json.dumps(design)}, {name}) }}}}"
    sentence = f"{{{{ {words}|greets({name}) }}}}"
    return (
        f'<mj-image css-class="greeting" src="cid:{html.escape(address)}"'
        f' alt="{html.escape(sentence)}" width="{WIDTH}px" padding="8px 0 16px"/>'
    )


def card_text(argument: str, _brand: BrandLook) -> str:
    _design, words, name = _parts(argument)
    return f"{{{{ {words}|greets({name}) }}}}"


def _parts(argument: str) -> tuple[str, str, str]:
    design, *more = (part.strip() for part in _BETWEEN.split(argument))
    if design not in DESIGNS or len(more) > len(PARTS):
        sentence = _("Write a card as “[[card: %(design)s | words | name]]”. There are: %(names)s.")
        known = ", ".join(DESIGNS)
        raise BlockWrong(sentence % {"design": next(iter(DESIGNS)), "names": known})
    words, name = (*more, "", "")[:2]
    return design, _expression(words or str(DESIGNS[design][1])), _expression(name or WHOSE)


def _expression(text: str) -> str:
    """Write a text with values in it as one value: “{{ n }} años” → `((n) ~ " años")`."""
    parts, last = [], 0
    for tag in TAG.finditer(text):
        if not tag.group().startswith("{{"):
            raise BlockWrong(
                _("On a card values may stand, but no conditions: put them around it.")
            )
        parts += [_quoted(text[last : tag.start()]), f"({tag.group()[2:-2].strip('- ')})"]
        last = tag.end()
    parts.append(_quoted(text[last:]))
    return f"({' ~ '.join(filter(None, parts))})"


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False) if text else ""
