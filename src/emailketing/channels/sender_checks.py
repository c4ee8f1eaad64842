"""What a sender must be before it is saved: the same for every kind, then by kind (S14, S22, S24).

One check, for console and command line alike.
"""

from collections.abc import Callable, Iterator
from decimal import Decimal
from importlib import import_module
from typing import Any

from django.utils.translation import gettext as _

from emailketing.channels.catalogue import channel_of, kind_of, kinds
from emailketing.channels.declared import KindOf, Option
from emailketing.channels.email.headers import HeaderInvalid, refuse_control
from emailketing.channels.invalid import SenderInvalid
from emailketing.channels.models import Sender
from emailketing.channels.shared_checks import check_filled
from emailketing.common.plain import Entry

Check = Callable[[Sender], Iterator[SenderInvalid]]
LINES = ("name", "from_name", "from_address", "host", "username")
MOST_CONNECTIONS = 50
MOST_AMOUNT = {"price": 10**8, "monthly_budget": 10**12}  # what their columns hold
PLACES = {"price": 4, "monthly_budget": 2}
MOST_OPTION = 4_000  # characters
MOST_PER_SECOND = 10_000
MOST_A_DAY = 10**9


def check_sender(sender: Sender) -> None:
    """Tidy and check what was entered; secrets are `senders.save_sender`'s.

    Raises:
        SenderInvalid: everything that is wrong, in `all`.
    """
    if wrong := SenderInvalid.of(problems_of(sender)):
        raise wrong


def problems_of(sender: Sender) -> Iterator[SenderInvalid]:
    """Tidy what was entered and yield everything that is wrong with it."""
    about = kind_of(sender.kind)
    if sender.kind not in kinds():
        names = ", ".join(kinds())
        yield SenderInvalid(_("The kind is one of: %s.") % names, "kind")
        return
    sender.channel = about.channel
    yield from _check_lines(sender)
    yield from _check_limits(sender)
    yield from _check_options(sender, about)
    yield from _check_of(about)(sender)


def _check_of(about: KindOf) -> Check:
    """Return what the channel's own folder asks of this kind."""
    checks: dict[str, Check] = import_module(f"{channel_of(about.channel).folder}.checks").CHECKS
    return checks[about.kind]


def _check_lines(sender: Sender) -> Iterator[SenderInvalid]:
    for name in LINES:
        try:
            setattr(sender, name, _one_line(name, getattr(sender, name)))
        except SenderInvalid as error:
            yield error
    for name in (*LINES, "reply_to"):
        longest = getattr(Sender._meta.get_field(name), "max_length", None)
        if longest is not None and len(getattr(sender, name)) > longest:
            yield SenderInvalid(_("At most %(most)s characters.") % {"most": longest}, name)
    yield from check_filled(sender, "name")
    if Sender.objects.exclude(pk=sender.pk).filter(name=sender.name).exists():
        yield SenderInvalid(_("There is already a sender with this name."), "name")


def _one_line(name: str, value: str) -> str:
    value = value.strip()
    try:
        refuse_control(name, value)
    except HeaderInvalid as error:
        raise SenderInvalid(_("Only one line, please."), name) from error
    return value


def _check_limits(sender: Sender) -> Iterator[SenderInvalid]:
    if sender.daily_limit is not None and sender.daily_limit < 1:
        yield SenderInvalid(_("The daily limit is at least 1, or empty for none."), "daily_limit")
    elif sender.daily_limit is not None and sender.daily_limit > MOST_A_DAY:
        yield SenderInvalid(_("At most %(most)s a day.") % {"most": MOST_A_DAY}, "daily_limit")
    if not 1 <= (sender.connections or 0) <= MOST_CONNECTIONS:
        sentence = _("Between 1 and %(most)s connections.") % {"most": MOST_CONNECTIONS}
        yield SenderInvalid(sentence, "connections")
    if sender.per_second is not None and not 1 <= sender.per_second <= MOST_PER_SECOND:
        yield SenderInvalid(_("At least one a second, or empty for no limit."), "per_second")
    yield from _check_amounts(sender)


def _check_amounts(sender: Sender) -> Iterator[SenderInvalid]:
    for name, places in PLACES.items():
        value = getattr(sender, name)
        if value is None:
            continue
        if not 0 <= _finite(value) < MOST_AMOUNT[name]:
            yield SenderInvalid(_("An amount, or empty."), name)
        elif Decimal(value) != round(Decimal(value), places):
            yield SenderInvalid(_("At most %(most)s decimals.") % {"most": places}, name)


def _finite(value: Decimal) -> Decimal:
    """Return what can be compared: “NaN” and “Infinity” are read as numbers, and are no amounts."""
    return value if Decimal(value).is_finite() else Decimal(-1)


# --- options


def _check_options(sender: Sender, about: KindOf) -> Iterator[SenderInvalid]:
    given = sender.options if isinstance(sender.options, dict) else {}
    unknown = sorted(name for name in given if about.option(name) is None)
    if unknown:
        sentence = _("This kind of sender has no option “%s”.") % unknown[0]
        yield SenderInvalid(sentence, f"option_{unknown[0]}")
    kept: Entry = {}
    for option in about.options:
        try:
            value = _read_option(option, given.get(option.name))
        except SenderInvalid as error:
            yield error
            continue
        if value not in ("", False, None):
            kept[option.name] = value
        elif option.required:
            yield SenderInvalid(_("This must not be empty."), f"option_{option.name}")
    sender.options = kept


def _read_option(option: Option, value: Any) -> Any:
    field = f"option_{option.name}"
    if option.way == "switch":
        return value in (True, "true", "on", "yes", "1", "sí", "si")
    text = str("" if value is None else value).replace("\r\n", "\n").strip()
    if len(text) > MOST_OPTION or "\0" in text:
        raise SenderInvalid(_("At most %(most)s characters.") % {"most": MOST_OPTION}, field)
    if option.way == "choice" and text not in dict(option.choices):
        names = ", ".join(name for name, _label in option.choices if name)
        raise SenderInvalid(_("One of: %s.") % names, field)
    if option.way == "number" and text:
        return _read_number(option, text)
    return text if option.way == "lines" else _one_line(field, text)


def _read_number(option: Option, text: str) -> int:
    lowest, highest = option.between
    if not text.isdecimal() or len(text) > 6:  # noqa: PLR2004 - digits
        raise SenderInvalid(_("A whole number, please."), f"option_{option.name}")
    if not lowest <= int(text) <= highest:
        sentence = _("A number from %(lowest)s to %(highest)s.")
        words = {"lowest": lowest, "highest": highest}
        raise SenderInvalid(sentence % words, f"option_{option.name}")
    return int(text)
