"""What we leave in a business database so that a copy, a restore and a neighbour are recognised.

`turn` only ever rises. Ours being lower there than we remember means that the business database
was put back; higher, that our own was.
"""

import json
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from emailketing.common.plain import Entry


@dataclass(frozen=True, slots=True)
class SourceMark:
    """Whose notes these are, and how far their reader has come."""

    identity: str = ""  # the random id of the source that is attached
    turn: int = 0  # 0: nothing was ever written here, or our table was lost
    at: datetime | None = None  # when the turn was written
    holder: str = ""  # which installation, in words
    since: str = ""  # when it came here

    def moved(self, turn: int, at: datetime) -> "SourceMark":
        return replace(self, turn=turn, at=at)

    def written(self) -> str:
        """Return it as it stands in the business database, without the identity."""
        at = self.at.astimezone(UTC).isoformat() if self.at else None
        facts = {"turn": self.turn, "at": at, "holder": self.holder, "since": self.since}
        return json.dumps(facts, ensure_ascii=True)


def read_mark(identity: object, written: object) -> SourceMark:
    """Understand what stands there; what somebody broke counts as not there."""
    facts = _facts(written)
    turn, at = facts.get("turn"), facts.get("at")
    return SourceMark(
        identity=identity if isinstance(identity, str) else "",
        turn=turn if isinstance(turn, int) else 0,
        at=_moment(at),
        holder=str(facts.get("holder") or "")[:200],
        since=str(facts.get("since") or "")[:40],
    )


def _facts(written: object) -> Entry:
    try:
        found = json.loads(written) if isinstance(written, str) else None
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def _moment(written: object) -> datetime | None:
    try:
        at = datetime.fromisoformat(written) if isinstance(written, str) else None
    except ValueError:
        return None
    return at.astimezone(UTC) if at and at.tzinfo else None
