"""A claimed message, as the engine carries it around: plain values, no model."""

from dataclasses import dataclass
from datetime import datetime

from emailketing.common.plain import Entry


@dataclass(frozen=True, slots=True, eq=False)
class Job:
    """One claimed row. `token` proves the claim: who lost it must not send (R6)."""

    id: int
    token: str
    attempt: int
    sender_id: int
    priority: int
    dispatch_id: int
    revision_id: int
    scope: str
    trigger: str
    address: str
    name: str
    from_name: str
    from_address: str
    reply_to: str
    language: str
    fields: Entry
    mail_class: str
    message_id: str
    not_before: datetime
    expires_at: datetime
    in_doubt_policy: str
    crash_count: int
    is_redirected: bool
    channel: str = "email"

    @property
    def is_suspect(self) -> bool:
        """Whether a worker has died while it had this message."""
        return self.crash_count > 0
