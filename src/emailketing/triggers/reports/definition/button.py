"""Where the button of an approved text leads, seen from here: to our pages, or nowhere (97)."""

from collections.abc import Iterator
from datetime import datetime

from emailketing.audience.ways import templates_of
from emailketing.content.button import elsewhere, leads_to
from emailketing.links.public_address import why_no_links
from emailketing.links.signed import pages_begin
from emailketing.triggers.reports.definition.pages import PAGE
from emailketing.triggers.reports.models import Report


def why_button_is_dead(button: str, now: datetime) -> str:
    """Return why a button like this cannot be used now, in one sentence; empty where it can."""
    if not button:
        return ""
    if why := why_no_links(now):
        return why
    page = f"{pages_begin(PAGE)}0"
    return "" if leads_to(button, page) else elsewhere(button, page)


def buttons_of(report: Report, language: str) -> dict[str, str]:
    """Return the address of each channel's button, where its text has one."""
    texts = {channel: one.current(language) for channel, one in templates_of(report).items()}
    return {channel: text.button for channel, text in texts.items() if text and text.button}


def dead_buttons(report: Report, language: str, now: datetime) -> Iterator[str]:
    """Say of each way of a report whose text has a button why it would not go out."""
    whys = (why_button_is_dead(one, now) for one in buttons_of(report, language).values())
    yield from filter(None, whys)
