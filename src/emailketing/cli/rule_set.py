"""`emailketing rule set`: change what a rule says, in the words of the options of `add`."""

from collections.abc import Callable
from typing import Annotated, Any

import typer
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from emailketing.audience.models import WORDS as TEXTS
from emailketing.channels.declared import EMAIL
from emailketing.cli.rule_parts import (
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
from emailketing.triggers.notifications.rules.save import RuleInvalid, save_rule

YES, NO = {"yes", "sí", "si", "sim", "1"}, {"no", "não", "0"}
Read = Callable[[str], Any]


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


# the word of `add` → the field of a rule, and how its value is read
WORDS: dict[str, tuple[str, Read]] = {
    "name": ("name", str),
    "template": ("template", lambda slug: find(Template, slug)),
    **{one: (field, template_or_none) for one, field in TEXTS.items() if one != EMAIL},
    "to": ("recipients", people),
    "fallback": ("fallback", lambda text: parse_recipient(text) if text else {}),
    "if": ("condition", parse_condition),
    "delivery": ("delivery", str),
    "sender": ("sender", sender_of),
    "phone-sender": ("phone_sender", sender_of),
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
    rule = rule_of(number)
    for text in changes:
        word, equals, value = text.partition("=")
        if word not in WORDS or not equals:
            words = {"text": text, "words": ", ".join(WORDS)}
            refuse(_("“%(text)s” is no change; write word=value with one of: %(words)s.") % words)
        field, read = WORDS[word]
        setattr(rule, field, read(value.strip()))
        if field == "condition":
            read_values(rule)
    try:
        save_rule(rule, by=who(), now=clock())
    except RuleInvalid as error:
        refuse(error)
    typer.echo(_("Rule %(number)s saved.") % {"number": rule.pk})
    point_out_twin(rule)
