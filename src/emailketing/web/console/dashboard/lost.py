"""What did not arrive, for the front page: which document, for whom, at which address, and why."""

from django.db.models import Count, Max
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from emailketing.triggers.notifications.afterwards.seen import reached_fallback, to_look_after
from emailketing.triggers.notifications.firing.texts import has_phone_way
from emailketing.triggers.notifications.models import Outcome, Rule, Undelivered
from emailketing.web.console.dashboard.lines import DashboardLine

MOST_SHOWN = 5


def lost_lines() -> list[DashboardLine]:
    """Name the newest ones; where there are more, a last line leads to all."""
    rows = to_look_after()
    count = rows.count()
    lines = [lost_line(one) for one in rows[:MOST_SHOWN]]
    if count > MOST_SHOWN:
        sentence = ngettext(
            "%(count)s message in all did not arrive and waits for you.",
            "%(count)s messages in all did not arrive and wait for you.",
            count,
        )
        url = reverse("console:undelivered")
        words = {"count": count}
        lines.append(
            DashboardLine(
                "bad", _("did not arrive"), _("All that did not arrive"), sentence % words, url
            )
        )
    return lines


def lost_line(lost: Undelivered) -> DashboardLine:
    message, event = lost.message, lost.event
    document = (event.document_label if event else "") or message.subject
    words = {"document": document, "name": message.name or message.address}
    return DashboardLine(
        "bad",
        _("did not arrive"),
        _("%(document)s, for %(name)s") % words,
        what_to_do(lost),
        reverse("console:undelivered") + f"#lost-{lost.pk}",
        lost.at,
        lost.in_words or message.in_words,
    )


def what_to_do(lost: Undelivered) -> str:
    if reached_fallback(lost):
        return _("The fallback person was written to. Correct the address.")
    if lost.instead is not None:
        return _("The fallback person did not get it either. Tell them yourself.")
    return _("Nobody else was told. Correct the address, then write it once more.")


def untold_texts() -> list[DashboardLine]:
    """Texts that had no sender, where there is one by now."""
    missing = Outcome.objects.filter(texts=Outcome.Texts.MISSING).order_by()
    rows = missing.values("rule_id").annotate(count=Count("pk"), last=Max("at"))
    rules = Rule.objects.in_bulk([row["rule_id"] for row in rows])
    return [
        DashboardLine(
            "warn",
            _("not written"),
            rules[row["rule_id"]].name,
            ngettext(
                "The text about %(count)s document had no sender; there is one now. Write it or"
                " leave it in the rule.",
                "The texts about %(count)s documents had no sender; there is one now. Write them"
                " or leave them in the rule.",
                row["count"],
            )
            % {"count": row["count"]},
            reverse("console:rule", args=[row["rule_id"]]),
            row["last"],
        )
        for row in rows
        if has_phone_way(rules[row["rule_id"]])
    ]
