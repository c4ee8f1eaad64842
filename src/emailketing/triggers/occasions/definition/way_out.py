"""A greeting carries a way out: without one it leaves for nobody (deliverability.md §1.3)."""

from emailketing.audience.ways import Plan
from emailketing.outbox.queueing.dispatch import MailClass
from emailketing.outbox.way_out import ways_without_way_out


def way_out_problem(plan: Plan) -> str:
    """Return why people could not end what is written so, and what to do; "" where they can."""
    return next(ways_without_way_out(MailClass.GREETING, plan.senders), "")
