"""`emailketing rule set`: change what a rule says, in the words of the options of `add`."""

from collections.abc import Callable
from functools import partial
from typing import Annotated, Any

import typer
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from emailketing.channels.catalogue import phones
from emailketing.cli.rule_parts import (
    choose_phone_sender,
    choose_way,
    find,
    parse_condition,
    parse_recipient,
    parse_window,
    point_out_twin,
    read_values,
    rule_of,
    sender_of,
)
from emailketing.cli.show import clock, refuse, who
from emailketing.common.plain import Entry
from emailketing.content.models import Template
from emailketing.triggers.notifications.models import Rule
from emailketing.triggers.notifications.rules.save import RuleInvalid, save_rule

YES, NO = {"yes", "sí", "si", "sim", "1"}, {"no", "não", "0"}
Read = Callable[[str], Any]
Put = Callable[[Rule, str], None]


def whether(text: str) -> bool:
    if text.lower() not in YES | NO:
        refuse(_("“%s” is neither yes nor no.") % text)
    return text.lower() in YES


def number_of(text: str) -> int:
    if not text.isdecimal():
        refuse(_("“%s” is not a whole number.") % text)
    return int(text)


def number_or_none(text: str) -> int | None:
    return number_of(text) if text else None


def people(text: str) -> list[Entry]:
    return [parse_recipient(one.strip()) for one in text.split(";") if one.strip()]


def days(text: str) -> list[int]:
    return [number_of(one.strip()) for one in text.split(",") if one.strip()]


def template_or_none(slug: str) -> Template | None:
    return find(Template, slug) if slug else None


def put_text(channel: str, rule: Rule, slug: str) -> None:
    rule.choose(channel, template=template_or_none(slug))


def put_condition(rule: Rule, text: str) -> None:
    rule.condition = parse_condition(text)
    read_values(rule)


# the word of `add` → the field of a rule, and how its value is read
FIELDS: dict[str, tuple[str, Read]] = {
    "name": ("name", str),
    "template": ("template", template_or_none),
    "to": ("recipients", people),
    "fallback": ("fallback", lambda text: parse_recipient(text) if text else {}),
    "delivery": ("delivery", str),
    "sender": ("sender", sender_of),
    "class": ("mail_class", str),
    "pdf": ("attach_document", whether),
    "repeat": ("repeat", str),
    "delay": ("delay_minutes", number_of),
    "window": ("window", lambda text: parse_window(text) if text else {}),
    "urgent": ("is_urgent", whether),
    "digest": ("digest", str),
    "digest-hour": ("digest_hour", number_of),
    "daily-cap": ("daily_cap", number_or_none),
    "remind": ("remind_days", days),
    "remind-from": ("remind_from", str),
    "not-to-actor": ("leaves_out_actor", whether),
    "flood-limit": ("flood_limit", number_of),
}
# and what is put in otherwise
OTHERS: dict[str, Put] = {
    "if": put_condition,
    "phone-sender": lambda rule, name: choose_phone_sender(rule, sender_of(name)),
    "way": choose_way,
}


def put_field(name: str, read: Read, rule: Rule, text: str) -> None:
    setattr(rule, name, read(text))


def words_of_change() -> dict[str, Put]:
    """Return every word with what it changes; the words of a phone's channel are its text."""
    fields: dict[str, Put] = {
        word: partial(put_field, name, read) for word, (name, read) in FIELDS.items()
    }
    return fields | {channel: partial(put_text, channel) for channel in phones()} | OTHERS


def register(app: typer.Typer) -> None:
    app.command("set")(change)


def change(
    number: int,
    changes: Annotated[
        list[str],
        typer.Argument(
            help=str(
                gettext_lazy(
                    "word=value, in the words of “add”: flood-limit=500, delivery=both,"
                    ' "to=party:payments; role:Management"'
                )
            )
        ),
    ],
) -> None:
    """Change what a rule says; what is not named stays."""
    rule, words = rule_of(number), words_of_change()
    for text in changes:
        word, equals, value = text.partition("=")
        if word not in words or not equals:
            said = {"text": text, "words": ", ".join(words)}
            refuse(_("“%(text)s” is no change; write word=value with one of: %(words)s.") % said)
        words[word](rule, value.strip())
    try:
        save_rule(rule, by=who(), now=clock())
    except RuleInvalid as error:
        refuse(error)
    typer.echo(_("Rule %(number)s saved.") % {"number": rule.pk})
    point_out_twin(rule)
