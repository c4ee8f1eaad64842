"""The button of an approved text, which leads its reader to a page of his own (P11).

The far side knew the button's address when it approved the text; it ends in a place, which each
message fills in: `https://informes.example.com/r/{{1}}`.
"""

import re

from django.utils.translation import gettext as _

PLACE = "{{1}}"
LONGEST = 300
ADDRESS = re.compile(r"https://[^\s{}?#/]+/[^\s{}?#]*\{\{1\}\}")
WITH_PAGES = "report"  # the kind of document whose readers get pages


class ButtonAstray(Exception):
    """The button would not lead to the reader's page; the sentence says why."""


def wrong_button(button: str, document_type: str) -> str:
    """Return what is wrong with a button that somebody declares; empty where nothing is."""
    if not button:
        return ""
    if document_type != WITH_PAGES:
        return _("Only a text for reports has a button: it leads to the report's page.")
    if not ADDRESS.fullmatch(button) or len(button) > LONGEST:
        return _(
            "Write the button's address as it was approved: https://informes.example.com/r/{{1}}"
        )
    return ""


def leads_to(button: str, page: str) -> bool:
    """Say whether this button can lead to this address."""
    stem = button.removesuffix(PLACE)
    return page.startswith(stem) and len(page) > len(stem)


def place_of(button: str, page: str) -> str:
    """Return what fills the place of a button's address, so that it leads to the reader's page.

    Raises:
        ButtonAstray: there is no page, or the button leads elsewhere.
    """
    if not button:
        return ""
    if not page:
        sentence = _(
            "The approved text has a button to the reader's page, and this message has no page: "
            "see “Public address”."
        )
        raise ButtonAstray(sentence)
    if not leads_to(button, page):
        raise ButtonAstray(elsewhere(button, page))
    return page.removeprefix(button.removesuffix(PLACE))


def elsewhere(button: str, page: str) -> str:
    """Say that a button leads elsewhere than where pages are."""
    sentence = _(
        "The button of the approved text leads to %(theirs)s, the pages of readers are at "
        "%(ours)s: have the text approved with that address."
    )
    return sentence % {"theirs": button, "ours": f"{page.rpartition('/')[0]}/{PLACE}"}
