"""The mark before the final dot, and the very last word: is it ours, may it leave, is it wanted?

The rules of the claim stand here once more, as SQL: asked in the statement that marks, nothing can
come between the answer and the mark (S34, U4). A test holds both alike for every combination.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from emailketing.common.plain import JSON
from emailketing.outbox.job import Job
from emailketing.outbox.policy import PERSONAL, address_kind
from emailketing.outbox.sending.sql import UpdateOfMany, instant

TRANSMIT_LEASE = timedelta(seconds=660)  # longer than the patience after the dot (R6)
# `Brakes.redirects`
_MAY_LEAVE = """
       NOT EXISTS (SELECT 1 FROM company_company WHERE id = 1 AND is_stopped)
       AND (is_redirected
            OR EXISTS (SELECT 1 FROM company_company WHERE id = 1 AND is_live)
               AND NOT EXISTS (SELECT 1 FROM company_safemode AS safe
                                WHERE safe.confirmed_at IS NULL
                                  AND safe.scope IN ('installation', v.scope)))"""
# `policy.stops`
_IS_WANTED = """
       NOT EXISTS (
           SELECT 1 FROM contacts_suppression AS no
            WHERE no.kind = v.kind AND no.value = v.address
              AND CASE WHEN no.about <> '' THEN no.about = v.about
                       WHEN no.mail_class <> '' THEN no.mail_class = v.mail_class
                       ELSE no.reason IN ('bounce', 'operator') OR v.is_personal = 0
                            OR no.kind = 'phone' AND v.mail_class <> 'security' END)"""
# why COALESCE: see the results, in settle.py
MARK = UpdateOfMany(
    "mark",
    f"""
    UPDATE outbox_message SET state = 'transmitting', lease_until = v.lease_until
      FROM (@)
     WHERE outbox_message.id = v.id AND claim_token = v.token
       AND COALESCE(state, '') = 'claimed'
       AND {_MAY_LEAVE}
       AND {_IS_WANTED}
    RETURNING outbox_message.id""",  # noqa: S608 - our own words
    {
        "id": "bigint",
        "token": "text",
        "scope": "text",
        "lease_until": "timestamptz",
        "kind": "text",
        "address": "text",
        "about": "text",
        "mail_class": "text",
        "is_personal": "int",
    },
)


def mark_rows(jobs: Sequence[Job], now: datetime) -> list[tuple[JSON, ...]]:
    """Return what `MARK` is to know of each message."""
    until = instant(now + TRANSMIT_LEASE)
    return [
        (
            *(job.id, job.token, job.scope, until),
            *(address_kind(job.channel), job.address.lower(), job.trigger, job.mail_class),
            int(job.mail_class in PERSONAL),
        )
        for job in jobs
    ]
