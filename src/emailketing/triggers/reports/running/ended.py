"""How a run ends without having written to everybody."""

from emailketing.schedule.models import Run


class RunEnded(Exception):
    """It is over: nothing to report, or it cannot be done; the sentence says why.

    `may_help_later`: the source is away; it is tried again until the report gives up waiting.
    """

    def __init__(
        self, sentence: str, state: Run.State = Run.State.FAILED, *, may_help_later: bool = False
    ) -> None:
        super().__init__(sentence)
        self.state = state
        self.may_help_later = may_help_later


class RunLost(Exception):
    """Another worker has it by now, or somebody cancelled it: nothing more is written."""
