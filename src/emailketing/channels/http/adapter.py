"""What every HTTP gateway's adapter does: read the sender, open the conversation, try it."""

from collections.abc import Callable
from dataclasses import dataclass, field

from emailketing.channels.base import AccountFailure, ChannelFailure, Envelope, Reply, ReplyKind
from emailketing.channels.http.answer import HttpAnswer, common_reply, hushed
from emailketing.channels.http.conversation import (
    Ask,
    Gateway,
    HttpConversation,
    ask_once,
    open_conversation,
)
from emailketing.channels.models import Sender
from emailketing.common.plain import Values
from emailketing.common.said import say as _
from emailketing.company.links import links_outside


@dataclass(frozen=True, slots=True)
class HttpAccount:
    """A sender as its gateway needs it. Secrets never show in a `repr` (S22)."""

    url: str
    username: str = ""
    password: str = field(default="", repr=False)
    options: Values = field(default_factory=dict)
    hook_url: str = field(default="", repr=False)

    def option(self, name: str, default: str = "") -> str:
        return str(self.options.get(name) or default).strip()


@dataclass(frozen=True, slots=True)
class HttpGateway:
    """What the dialects have in common: the account, and what receipts name a message by."""

    account: HttpAccount

    @property
    def url(self) -> str:
        return self.account.url

    def reference(self, envelope: Envelope) -> str:
        """Our own number, which is in the request and comes back."""
        return envelope.envid


def hook_url_of(sender: Sender) -> str:
    """Where the gateway tells us what became of a message; empty until our own address is known."""
    return next(iter(hook_urls_of(sender)), "")


def hook_urls_of(sender: Sender) -> tuple[str, ...]:
    """Return it with those it may have been told before: a call is signed with its own."""
    return links_outside("hook", sender.hook_token) if sender.hook_token else ()


class HttpAdapter:
    """An adapter made of a gateway's dialect."""

    listens = False

    def __init__(
        self,
        gateway: Callable[[HttpAccount], Gateway],
        *,
        conversation: type[HttpConversation] = HttpConversation,
    ) -> None:
        self._gateway = gateway
        self._conversation = conversation

    def account_of(self, sender: Sender) -> HttpAccount:
        """Return where to connect and as whom.

        Raises:
            SecretUnreadable: the password was stored with a key that is not here.
        """
        return HttpAccount(
            url=str(sender.options.get("url") or "").strip(),
            username=sender.username,
            password=sender.password,
            options=dict(sender.options),
            hook_url=hook_url_of(sender),
        )

    async def connect(self, account: HttpAccount) -> HttpConversation:
        """Make ready; raises AccountFailure or ChannelFailure."""
        return await open_conversation(self._gateway(account), self._conversation)

    async def check(self, account: HttpAccount) -> Reply:
        """Ask the gateway whether it knows us, sending nothing."""
        gateway = self._gateway(account)
        question = getattr(gateway, "question", None)
        ask: Ask | None = question() if question else None
        if ask is None:
            await (await open_conversation(gateway)).close()
            return Reply(0, text=_("the server answers"), kind=ReplyKind.ACCEPTED)
        answer, hides_words = await ask_once(gateway, ask)
        return _judged(answer, getattr(gateway, "ok", (200,)), hides_words=hides_words)


def _judged(answer: HttpAnswer, fine: tuple[int, ...], *, hides_words: bool) -> Reply:
    if answer.status in fine and not answer.is_html:
        return Reply(200, text=_("the gateway let us in"), kind=ReplyKind.ACCEPTED)
    reply = common_reply(answer) or Reply(answer.status, text=answer.words)
    if hides_words:
        reply = hushed(reply, answer.status)
    sentence = reply.text or _("The gateway answered %(status)s.") % {"status": answer.status}
    if reply.kind is ReplyKind.ACCOUNT:
        raise AccountFailure(sentence, reply)
    raise ChannelFailure(sentence, reply)
