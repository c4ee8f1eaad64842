"""What a person says about an address: write to it no more, or again; each with the reason."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from emailketing.accounts.audit import note
from emailketing.accounts.who import Who
from emailketing.common.problems import Invalid, first_of
from emailketing.company.models import Company
from emailketing.contacts.check import unknown_classes
from emailketing.contacts.mail_class import MailClass
from emailketing.contacts.models import Suppression
from emailketing.contacts.suppress import (
    Told,
    lift,
    opt_out,
    suppress,
    suppressed_among,
    wrong_with_note,
)
from emailketing.outbox.queueing.targets import Unusable, address_as_kept

CLASSES = MailClass.values


class SuppressionInvalid(Invalid):
    """It cannot be noted as it is; `problems` has every sentence, by what was asked."""


@transaction.atomic
def stop_writing(
    written: str, *, why: str, by: Who, now: datetime, mail_class: str = ""
) -> Suppression:
    """Write to an address no more, whatever a rule says; or only no more messages of a class.

    Raises:
        SuppressionInvalid: it is no address, or there is no reason: all that is wrong; or nothing
            is written to it already: the first reason stays.
    """
    value, kind = _asked(written, why)
    if wrong := first_of(unknown_classes("class", [mail_class] if mail_class else [], CLASSES)):
        raise SuppressionInvalid({"class": " ".join(wrong.values())})
    if known := _noted(value, kind, mail_class):
        raise SuppressionInvalid({"address": _already(known)})
    operators = Suppression.Reason.OPERATOR
    told = Told(via=Suppression.Via.OPERATOR, by=str(by), note=why.strip())
    if mail_class:
        made = opt_out(value, mail_class, now=now, kind=kind, told=told)
    else:
        made = suppress(value, operators, now=now, kind=kind, told=told)
    note("suppressed", by=by, now=now, about=made, changes={"note": ["", why.strip()]})
    return made


def noted_against(written: str, mail_class: str, *, why: str, about: str = "") -> Suppression:
    """Return what is noted against an address as somebody writes it.

    Raises:
        SuppressionInvalid: nothing is, it is no address, or there is no reason to lift it.
    """
    value, kind = _asked(written, why)
    if found := _noted(value, kind, mail_class, about):
        return found
    sentence = _("Nothing is noted against %(address)s.") % {"address": value}
    raise SuppressionInvalid({"address": sentence})


@transaction.atomic
def write_again(found: Suppression, *, why: str, by: Who, now: datetime) -> None:
    """Allow an address again (for the class that was noted), when the reason is gone.

    Raises:
        SuppressionInvalid: without a reason.
    """
    if wrong := _wrong_with(why):
        raise SuppressionInvalid(wrong)
    if lift(
        found.value, kind=found.kind, mail_class=found.mail_class, about=found.about
    ):  # by nobody meanwhile
        note("lifted", by=by, now=now, about=found, changes={"note": [found.note, why.strip()]})


def _noted(value: str, kind: str, mail_class: str, about: str = "") -> Suppression | None:
    noted = suppressed_among([value], kind=kind).get(value.lower(), [])
    is_it = (one for one in noted if one.about == about and (about or one.mail_class == mail_class))
    return next(is_it, None)


def _already(known: Suppression) -> str:
    why = " · ".join(part for part in (known.get_reason_display(), known.note) if part)
    sentence = _("%(address)s is stopped already: %(why)s. Lift that first to note another reason.")
    return sentence % {"address": known.value, "why": why}


def _asked(written: str, why: str) -> tuple[str, str]:
    """Return the address as it is kept, and its kind; refuse at once all that is wrong."""
    wrong = _wrong_with(why)
    try:
        kept = address_as_kept(written, Company.get().country)
    except Unusable as error:
        raise SuppressionInvalid({"address": str(error), **wrong}) from error
    if wrong:
        raise SuppressionInvalid(wrong)
    return kept


def _wrong_with(why: str) -> dict[str, str]:
    wrong = wrong_with_note(why)
    return {"reason": " ".join(wrong)} if wrong else {}
