"""What every reason to write does when it is saved: refused, noted, let rest, taken up again."""

from collections.abc import Callable, Iterator
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from emailketing.accounts.audit import note
from emailketing.accounts.changes import note_saved, snapshot
from emailketing.accounts.who import Who
from emailketing.audience.models import LONGEST_REASON, Audience, PausableAudience
from emailketing.audience.problem import Problem
from emailketing.audience.ways import WITHOUT_EMAIL, WITHOUT_PHONE, in_words
from emailketing.channels.declared import EMAIL
from emailketing.common.said import kept_with
from emailketing.content.starters import make_starter

SMS = "sms"


class AudienceInvalid(Exception):
    """It cannot be kept as it is; each of `all` says what to put right, and where."""

    def __init__(self, *problems: Problem) -> None:
        self.all = list(dict.fromkeys(problems))
        super().__init__(" ".join(self.all))


def value_problems(audience: Audience, *choices: str) -> Iterator[Problem]:
    """Yield which texts are longer than is kept, and which of these choices are none."""
    for field in audience._meta.concrete_fields:
        value, most = getattr(audience, field.attname), field.max_length
        if most and isinstance(value, str) and len(value) > most:
            yield Problem(_("At most %(most)s characters.") % {"most": most}, field.name)
        if field.name in choices:
            known = [str(one) for one, _label in field.flatchoices]
            if str(value) not in known:
                words = {"value": str(value), "known": ", ".join(known)}
                yield Problem(_("“%(value)s” is none of: %(known)s.") % words, field.name)


def choose_texts(audience: Audience, name: str, *, now: datetime) -> None:
    """Take the ready-made texts of this name where nobody chose others."""
    if audience.delivery not in WITHOUT_EMAIL and audience.template is None:
        audience.choose(EMAIL, template=make_starter(name, None, now=now))
    has_words = any(one.template for way, one in audience.choices.items() if way != EMAIL)
    if audience.delivery not in WITHOUT_PHONE and not has_words:
        audience.choose(SMS, template=make_starter(f"{name}-sms", None, now=now))


def save_noted(audience: Audience, known: Audience | None, *, by: Who | str, now: datetime) -> None:
    """Save it with its ways, and note what is otherwise than what was kept, `known`."""
    before, ways = (snapshot(known), in_words(known)) if known is not None else ({}, "")
    audience.save()
    now_ways = in_words(audience)
    more = {"ways": [ways, now_ways]} if before and ways != now_ways else None
    note_saved(audience, before, by=by, now=now, more=more)


@transaction.atomic
def pause(audience: PausableAudience, *, by: Who | str, now: datetime, reason: str = "") -> None:
    """Let it rest until somebody resumes it."""
    was, audience.is_active = audience.is_active, False
    audience.paused_reason, audience.said = str(reason)[:LONGEST_REASON], kept_with(reason)
    audience.save(update_fields=["is_active", "paused_reason", "said"])
    note("switched", by=by, now=now, about=audience, changes={"is_active": [was, False]})


@transaction.atomic
def resume(
    audience: PausableAudience,
    check: Callable[[], None],
    *,
    since: str,
    by: Who | str,
    now: datetime,
) -> None:
    """Let it write again from now on, which its column `since` keeps: what lay before is over.

    `check` is asked of it as it would be at work.

    Raises:
        AudienceInvalid: `check` refuses it.
    """
    was, audience.is_active = audience.is_active, True
    try:
        check()
    except AudienceInvalid:
        audience.is_active = was
        raise
    audience.paused_reason, audience.said = "", None
    setattr(audience, since, now)
    audience.save(update_fields=["is_active", since, "paused_reason", "said"])
    note("switched", by=by, now=now, about=audience, changes={"is_active": [was, True]})
