"""Which channels there are: every folder beside this file that has a `channel.py`.

They are looked for when first asked for, so that a channel is added by its folder alone.
"""

from dataclasses import replace
from functools import cache
from importlib import import_module
from importlib.util import find_spec
from pkgutil import iter_modules

from emailketing.channels.declared import EMAIL, ChannelOf, KindOf, Text

PACKAGE = __name__.rpartition(".")[0]


@cache
def channels() -> dict[str, ChannelOf]:
    """Return all by name, as lists show them."""
    found = [_declared(folder.name) for folder in iter_modules(import_module(PACKAGE).__path__)]
    return {one.name: one for one in sorted(filter(None, found), key=lambda one: one.place)}


def _declared(folder: str) -> ChannelOf | None:
    package = f"{PACKAGE}.{folder}"
    if find_spec(package).submodule_search_locations is None:  # type: ignore[union-attr]
        return None
    name = f"{package}.channel"
    if find_spec(name) is None:
        return None
    found: ChannelOf = import_module(name).CHANNEL
    return replace(found, kinds=tuple(replace(kind, channel=found.name) for kind in found.kinds))


def channel_of(name: str) -> ChannelOf:
    """Return what this channel can do; of an unknown one, what a phone can at least.

    What was written over a channel that is not installed any more stays readable.
    """
    known = channels().get(name)
    return known or ChannelOf(name, name, "send", PACKAGE, kinds=(), place=0)


def is_phone(channel: str) -> bool:
    """Whether messages of this channel go to a number and cost money."""
    return channel_of(channel).is_phone


def phones() -> tuple[str, ...]:
    """Return the channels of phones, as lists show them."""
    return tuple(one.name for one in channels().values() if one.is_phone)


def phones_by_turn() -> tuple[str, ...]:
    """Return the channels of phones, the cheaper one first."""
    return tuple(sorted(phones(), key=lambda name: channels()[name].turn))


def channel_choices() -> list[tuple[str, Text]]:
    return [(one.name, one.label) for one in channels().values()]


@cache
def kinds() -> dict[str, KindOf]:
    """Return the kinds of senders of all channels by name."""
    return {kind.kind: kind for one in channels().values() for kind in one.kinds}


def kind_of(kind: str) -> KindOf:
    """Return what this kind asks for; of an unknown one, what a mail server does."""
    return kinds().get(kind) or channels()[EMAIL].kinds[0]


def kind_choices() -> list[tuple[str, Text]]:
    return [(kind.kind, kind.label) for kind in kinds().values()]


def forget() -> None:
    """Look again at the next question: a folder was added."""
    channels.cache_clear()
    kinds.cache_clear()
