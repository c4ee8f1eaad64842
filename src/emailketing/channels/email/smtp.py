"""SMTP for the rest of the product: the adapter, and the check of an account."""

from django.utils.translation import gettext as _

from emailketing.channels.base import Adapter, ChannelFailure, Reply
from emailketing.channels.email.account import Account, account_of
from emailketing.channels.email.connect import connect
from emailketing.channels.email.conversation import ConnectionEnded, SmtpConversation
from emailketing.channels.models import Sender


async def check_account(account: Account) -> Reply:
    """Connect, encrypt, sign in, say NOOP; return the server's answer.

    Raises:
        AccountFailure: encryption, certificate or password.
        ChannelFailure: the server cannot be reached or breaks off.
    """
    conversation = await connect(account)
    try:
        return await conversation.noop()
    except ConnectionEnded as error:
        sentence = _("The server %(host)s let us in and then broke off: %(why)s.")
        raise ChannelFailure(sentence % {"host": account.host, "why": error}) from error
    finally:
        await conversation.close()


class SmtpAdapter:
    """Mail servers."""

    listens = False

    def account_of(self, sender: Sender) -> Account:
        return account_of(sender)

    async def connect(self, account: Account) -> SmtpConversation:
        return await connect(account)

    async def check(self, account: Account) -> Reply:
        return await check_account(account)


adapter: Adapter[Account] = SmtpAdapter()
