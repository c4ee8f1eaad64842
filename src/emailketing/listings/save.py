"""Save a listing only when it can work, and delete one."""

import json
import re
from collections.abc import Iterator
from datetime import datetime

from django.core.serializers.json import DjangoJSONEncoder
from django.db import transaction
from django.db.models import ProtectedError
from django.utils.text import slugify
from django.utils.translation import gettext as _

from emailketing.accounts.audit import note
from emailketing.accounts.changes import kept, note_saved
from emailketing.accounts.who import Who
from emailketing.common.one_line import line_problems
from emailketing.common.problems import Invalid, Problems, first_of
from emailketing.common.said import Said
from emailketing.listings.ask import try_out
from emailketing.listings.asked import SQL
from emailketing.listings.errors import ListingError, NotForYou
from emailketing.listings.models import Listing, ListingRight
from emailketing.listings.right import may_see
from emailketing.listings.sql.account import may_write_sql
from emailketing.listings.uses import uses_of
from emailketing.sources.capture.errors import CaptureError, ConnectionFailed, DatabaseBusy
from emailketing.sources.connectors import ConnectorError

SLUG = re.compile(r"[-a-zA-Z0-9_]+")


class ListingInvalid(Invalid):
    """The listing cannot be kept so: one sentence for each place."""


class ListingInUse(Exception):
    """The listing cannot be deleted; one sentence says why."""


@transaction.atomic
def save_listing(listing: Listing, *, by: Who | str, now: datetime) -> list[str]:
    """Check, try and save a listing, and note what changed.

    A new one without an identifier gets one of its name.

    Returns:
        What whoever made it should know: sentences that forbid nothing.

    Raises:
        ListingInvalid: all that is wrong.
    """
    listing.slug = listing.slug or free_slug(listing.name)
    problems = first_of(_problems(listing, by))
    if problems:
        raise ListingInvalid(problems)
    notices = _tried(listing, now)
    before = kept(listing)
    if before and before["slug"] != listing.slug:
        ListingRight.objects.filter(listing=before["slug"]).update(listing=listing.slug)
    listing.changed_by, listing.changed_at = str(by), now
    if not before:
        listing.created_at = now
    listing.save()
    note_saved(listing, before, by=by, now=now)
    return notices


def _problems(listing: Listing, by: Who | str) -> Problems:
    if listing.kind == SQL and not may_write_sql(by):
        yield "kind", _("You have no right to write SQL: an administrator does.")
    if name := _unseen(listing, by):
        yield "name", str(NotForYou(name=name))
    if not listing.name.strip():
        yield "name", _("This must not be empty.")
    yield from line_problems(listing, "slug", "name")
    if not SLUG.fullmatch(listing.slug):
        yield "slug", _("The identifier has letters, digits, “-” and “_” only.")
    if Listing.objects.exclude(pk=listing.pk).filter(slug=listing.slug).exists():
        yield "slug", _("There is a listing “%(slug)s” already.") % {"slug": listing.slug}
    yield from _renamed_in_use(listing)
    if "\\u0000" in json.dumps(listing.definition, cls=DjangoJSONEncoder):
        yield "definition", _("A text in it has a sign that cannot be kept (NUL).")
    if listing.kind not in Listing.Kind.values:
        yield "kind", _("There are: %(names)s.") % {"names": ", ".join(Listing.Kind.values)}


def _renamed_in_use(listing: Listing) -> Problems:
    """Whoever uses it knows it by its identifier."""
    known = Listing.objects.filter(pk=listing.pk).first()
    if known is not None and known.slug != listing.slug and (users := _users(known)):
        sentence = _("“%(name)s” is used by: %(users)s. Its identifier stays.")
        yield "slug", sentence % {"name": known.name, "users": users}


def _users(listing: Listing) -> str:
    return ", ".join(sorted({use.name for use in uses_of(listing.slug)}))


def _unseen(listing: Listing, by: Who | str) -> str:
    """Return the name of a listing that is kept and not for who changes it; "" of any other."""
    known = Listing.objects.filter(pk=listing.pk).values_list("slug", flat=True).first()
    return known if known and not may_see(by, known) else ""


def _tried(listing: Listing, now: datetime) -> list[str]:
    """Ask it for no rows; a database that does not answer right now forbids nothing."""
    try:
        return list(_sentences(try_out(listing, now=now)))
    except (ConnectionFailed, DatabaseBusy) as error:
        sentence = _("It could not be tried: %(why)s")
        return [sentence % {"why": error}]
    except (ListingError, CaptureError, ConnectorError) as error:
        raise ListingInvalid({"definition": str(error)}) from error


def _sentences(notices: tuple[Said, ...]) -> Iterator[str]:
    return (str(each) for each in dict.fromkeys(notices))


def free_slug(name: str) -> str:
    stem = slugify(name)[:50] or "listing"
    taken = set(Listing.objects.filter(slug__startswith=stem).values_list("slug", flat=True))
    numbers = (f"{stem}-{number}" for number in range(2, len(taken) + 3))
    return next(slug for slug in (stem, *numbers) if slug not in taken)


def delete_listing(listing: Listing, *, by: Who | str, now: datetime) -> None:
    """Delete a listing and note it.

    Raises:
        ListingInUse: something asks it, or it is not for who deletes it.
    """
    if name := _unseen(listing, by):
        raise ListingInUse(str(NotForYou(name=name)))
    if users := _users(listing):
        raise _in_use(listing, users)
    with transaction.atomic():
        note("deleted", by=by, now=now, about=listing)
        try:
            slug = listing.slug
            listing.delete()
            ListingRight.objects.filter(listing=slug).delete()
        except ProtectedError as error:
            names = ", ".join(sorted(str(each) for each in error.protected_objects))
            raise _in_use(listing, names) from error


def _in_use(listing: Listing, users: str) -> ListingInUse:
    sentence = _("“%(name)s” is used by: %(users)s.")
    return ListingInUse(sentence % {"name": listing.name, "users": users})
