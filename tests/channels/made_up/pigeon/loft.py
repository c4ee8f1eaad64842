"""The loft at work: it accepts everything, and tells nothing of it later."""

from emailketing.channels.base import Conversation, Reply, ReplyKind
from emailketing.channels.hooks import Call, Heard
from emailketing.channels.models import Sender


class Loft:
    """Sends nothing; it only says that it is there."""

    listens = False

    def account_of(self, sender: Sender) -> str:
        return str(sender.options.get("breed"))

    async def connect(self, account: str) -> Conversation:
        raise NotImplementedError

    async def check(self, account: str) -> Reply:
        return Reply(0, text=f"The {account} is awake.", kind=ReplyKind.ACCEPTED)


def hear(sender: Sender, call: Call) -> Heard:
    return Heard(answer=f"{sender.name} heard {call.method}")


adapter = Loft()
