"""Occasions: their day as it is kept, texts by channel."""

from collections.abc import Iterator, Mapping

from django.utils.translation import gettext as _

from emailketing.configuration.audience import (
    checked_ways,
    other_switches,
    say_off,
    take_ways,
    ways_of,
)
from emailketing.configuration.kind import (
    ConfigurationInvalid,
    Entry,
    EntryKind,
    Take,
    entry_of,
    fill,
)
from emailketing.sources.models import Source
from emailketing.triggers.occasions.definition.save import OccasionInvalid, check, save_occasion
from emailketing.triggers.occasions.models import Occasion

OWN: dict[str, type] = {
    **dict.fromkeys(("leap_day", "usage", "late", "delivery"), str),
    **dict.fromkeys(("day", "traits", "window"), dict),
    "is_active": bool,
}
OCCASION: dict[str, type] = {**OWN, "source": str, "ways": list}


def read_occasions() -> Iterator[Entry]:
    rows = Occasion.objects.select_related("source").prefetch_related("ways")
    for occasion in rows.order_by("name"):
        source = occasion.source.slug if occasion.source else ""
        own = entry_of(occasion, OWN)
        yield {"name": occasion.name, "source": source, **own, "ways": ways_of(occasion)}


def take_occasion(entry: Entry, take: Take, is_new: bool) -> None:
    known = Occasion.objects.filter(name=entry["name"]).first()
    occasion = Occasion(name=entry["name"]) if is_new or known is None else known
    slug = str(entry.get("source", ""))
    occasion.source = Source.objects.filter(slug=slug).first()
    if slug and occasion.source is None:
        sentence = _("There is no source “%(source)s”.")
        raise ConfigurationInvalid(sentence % {"source": slug})
    fill(occasion, entry, OWN)
    take_ways(occasion, entry.get("ways", []))
    if occasion._state.adding and occasion.is_active:
        say_off(
            occasion.name,
            lambda: check(occasion, now=take.now),
            take,
            new=_("%(name)s is new here and starts paused: try it, then resume it."),
            lacking=_("%(name)s is paused: %(why)s"),
        )
        occasion.is_active = False
    save_occasion(occasion, by=take.by, now=take.now)


def switches(wanted: Mapping[str, Entry]) -> list[str]:
    """Say which occasions the file has paused or at work otherwise than here: here it stays."""
    rows = Occasion.objects.values_list("name", "is_active")
    return other_switches(
        wanted.values(),
        {(name,): is_on for name, is_on in rows},
        on=_("%(name)s goes on greeting: occasions are paused here, not by the file."),
        off=_("%(name)s stays paused: occasions are resumed here, not by the file."),
    )


KINDS = (
    EntryKind(
        "occasion",
        ("name",),
        OCCASION,
        read_occasions,
        take_occasion,
        Occasion,
        needs=("source", "template", "sender"),
        kept=frozenset({"is_active"}),
        stays=switches,
        as_now=checked_ways,
        refusals=(OccasionInvalid,),
    ),
)
