"""May links be written? Only while the public address is known to work, seen from outside (97)."""

from datetime import datetime, timedelta

from emailketing.common.reading import once
from emailketing.common.said import Said
from emailketing.common.said import say as _
from emailketing.company.models import Company
from emailketing.links.models import PublicAddress

FRESH = timedelta(minutes=45)  # several looks may fall out before it counts as not looked at


def public_url() -> str:
    """Return the address of this installation for people outside, without a slash at its end."""
    return Company.get().public_url.rstrip("/")


def known_address() -> PublicAddress:
    """Return what is known of the address as it is set now."""
    url = public_url()
    known = PublicAddress.objects.first()
    return known if known is not None and known.url == url else PublicAddress(url=url)


def seen_address() -> str:
    """Return the address that was opened from outside; empty as long as none was.

    Unlike links in messages it does not come and go with each look: machines were told it.
    """
    known = known_address()
    return known.url if known.outside_at is not None else ""


def why_no_links(now: datetime) -> str:
    """Return why no link is written, in one sentence; empty where links are written.

    The one question of every face and every text: report pages, unsubscribing, campaigns.
    """
    return once(("why no links", now.replace(second=0, microsecond=0)), lambda: _why(now))


def why_links_lead_nowhere() -> str:
    """Return why no link will be written, whatever the last look showed of today.

    For who saves what needs them: a look that falls out this minute is no reason to refuse it.
    """
    return _lacking(known_address())


def _why(now: datetime) -> str:
    known = known_address()
    if why := _lacking(known):
        return why
    if known.worked_at and known.worked_at < now - FRESH:
        words = {"url": known.url}
        return _("Messages carry no links: %(url)s was not tried yet, or not lately.") % words
    return ""


def _lacking(known: PublicAddress) -> str:
    if not known.url:
        return _(
            "Messages carry no links: no public address is set. Everything goes in the message."
        )
    words = {"url": known.url}
    if known.problem:
        sentence = _("Messages carry no links: %(url)s does not answer as it must. %(why)s")
        return sentence % {**words, "why": _again(known)}
    if known.worked_at is None:
        return _("Messages carry no links: %(url)s was not tried yet, or not lately.") % words
    if known.outside_at is None:
        return (
            _(
                "Messages carry no links: nobody has opened %(url)s from outside yet. Have it "
                "opened with a phone that is not in the office's Wi-Fi."
            )
            % words
        )
    return ""


def _again(known: PublicAddress) -> str:
    stored = known.said or {}
    if known.problem and stored:
        return Said(known.problem_in_words, stored.get("is"))
    return known.problem_in_words


def are_links_written(now: datetime) -> bool:
    return not why_no_links(now)
