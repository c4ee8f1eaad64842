"""SMTP for the rest of the product: check an account, sending nothing."""

from django.utils.translation import gettext as _

from emailketing.channels.base import ChannelFailure, Reply
from emailketing.channels.email.account import Account
from emailketing.channels.email.connect import connect
from emailketing.channels.email.conversation import ConnectionEnded


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
