"""A reader's own link to what he gets from us: one for each thing that he can end (decision 108).

`about` is a class of messages, or one reason to write (report:12). The same link stands in every
message of that kind; it is good for a year after the last one.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from emailketing.links.keys import signing_key
from emailketing.links.models import SignedLink
from emailketing.links.signed import LinkReader, pages_begin

OUT = "out"
VALID = timedelta(days=366)
MOVED_ON = timedelta(days=30)  # so much is gone before it is written down that it is good longer
LONGEST_TOKEN = 20
LONGEST_IN_A_HEADER = 74  # and the brackets around it (T1)
_BLOCK = 500
Links = dict[tuple[str, str], SignedLink]  # channel, address in lower case


def out_links(about: str, readers: Sequence[LinkReader], *, now: datetime) -> Links:
    """Return these readers' links, made where there are none: a query for a block, or four."""
    found: Links = {}
    for start in range(0, len(readers), _BLOCK):
        found |= _block(about, readers[start : start + _BLOCK], now)
    return found


def out_base() -> str:
    """Return what stands before the token."""
    return pages_begin(OUT)


def fits_a_header() -> bool:
    """Whether the address stands in one line of a header, which nobody on the way may fold."""
    return len(out_base()) + LONGEST_TOKEN <= LONGEST_IN_A_HEADER


def _block(about: str, readers: Sequence[LinkReader], now: datetime) -> Links:
    wanted = {(one.channel, one.address.strip().lower()): one for one in readers}
    found = _found(about, wanted)
    if missing := wanted.keys() - found.keys():
        # somebody else may write the same one now: his is as good
        rows = list(_new(about, {place: wanted[place] for place in missing}, now))
        SignedLink.objects.bulk_create(rows, ignore_conflicts=True)
        found |= _found(about, {place: wanted[place] for place in missing})
    too_short = now + VALID - MOVED_ON
    old = [one.pk for one in found.values() if one.expires_at and one.expires_at < too_short]
    if old:
        SignedLink.objects.filter(pk__in=old).update(expires_at=now + VALID)
    return found


def _found(about: str, wanted: dict[tuple[str, str], LinkReader]) -> Links:
    links = SignedLink.objects.select_related("key").filter(
        purpose=OUT, about=about, detail="", address__in={address for _channel, address in wanted}
    )
    places = {(link.channel, link.address): link for link in links}
    return {place: link for place, link in places.items() if place in wanted}


def _new(
    about: str, wanted: dict[tuple[str, str], LinkReader], now: datetime
) -> Iterator[SignedLink]:
    key = signing_key(now)
    for (channel, address), reader in wanted.items():
        yield SignedLink(
            purpose=OUT,
            about=about,
            channel=channel,
            address=address,
            name=reader.name[:200],
            language=reader.language,
            key=key,
            created_at=now,
            expires_at=now + VALID,
        )
