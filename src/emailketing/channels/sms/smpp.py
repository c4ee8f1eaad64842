"""SMPP for the rest of the product: one bound session per account, shared by its slots.

The outbox gives each message a slot of its own. All slots of an account sit on one session, for
operators sell connections by the piece; the window says how many may wait for an answer at once.
"""

import asyncio
import socket
import ssl
import zlib
from collections.abc import Callable
from datetime import timedelta

from emailketing.channels.base import (
    AccountFailure,
    Adapter,
    Announce,
    ChannelFailure,
    Conversation,
    Envelope,
    Handover,
    Inbound,
    Mark,
    Phase,
    ReceiptHeard,
    Reply,
    ReplyKind,
)
from emailketing.channels.email.account import is_loopback
from emailketing.channels.http.address import is_allowed
from emailketing.channels.models import Sender
from emailketing.channels.segments import TooLong
from emailketing.channels.sms import codes
from emailketing.channels.sms.account import (
    LONGEST_NUMBER,
    SenderNumberInvalid,
    SmppAccount,
    account_of,
    destination_of,
    source_of,
)
from emailketing.channels.sms.encoding import SmsPart, parts
from emailketing.channels.sms.pdu import Pdu, PduInvalid, ShortMessage, read_id
from emailketing.channels.sms.receipt import UCS2, WITH_HEADER, answered_reference
from emailketing.channels.sms.session import LineLost, Patience, Session
from emailketing.channels.sms.shared import Shared, Sharing
from emailketing.channels.unreachable import unknown, unreachable, untrusted
from emailketing.common.said import say as _
from emailketing.common.said import sentence_of

WITH_RECEIPT = 0x01  # of registered_delivery
FIRST_TRIES = 2  # more, while the centre is too busy: an urgent text must not wait a minute
MOST_TRIES = 5  # more of a later part: the first ones are there already


async def open_session(
    account: SmppAccount, patience: Patience, *, listens: bool = True
) -> Session:
    """Connect and bind.

    Raises:
        AccountFailure: user, password, certificate: a person must mend the sender.
        ChannelFailure: the centre is away or busy: later.
    """
    if not (account.is_tls or is_loopback(account.host) or is_allowed(account.host)):
        raise AccountFailure(
            _(
                "Without encryption only to this computer, or to a place (of a VPN, for example)"
                " that the administrator names in EMAILKETING_GATEWAY_HOSTS."
            )
        )
    session = Session(account, patience, listens=listens)
    try:
        await _connect(session, account, patience)
        await _sign_in(session, account)
    except BaseException:  # who is stopped meanwhile hangs up as well
        session.hang_up()
        raise
    return session


async def _connect(session: Session, account: SmppAccount, patience: Patience) -> None:
    context = ssl.create_default_context() if account.is_tls else None
    loop = asyncio.get_running_loop()
    try:
        async with asyncio.timeout(patience.connect):
            await loop.create_connection(lambda: session, account.host, account.port, ssl=context)
    except ssl.SSLCertVerificationError as error:
        raise untrusted(account.host, error) from error
    except (socket.gaierror, UnicodeError) as error:
        raise unknown(account.host) from error
    except OSError as error:
        raise unreachable(account.host, account.port, error) from error


async def _sign_in(session: Session, account: SmppAccount) -> None:
    try:
        answer = await session.bind()
    except PduInvalid as error:
        sentence = _("User, password or system type are longer than SMPP allows.")
        raise AccountFailure(sentence) from error
    except LineLost as error:
        sentence = _("The SMS centre %(host)s, port %(port)s, did not let us in: %(why)s.")
        words = {"host": account.host, "port": account.port, "why": error}
        raise ChannelFailure(sentence % words) from error
    if answer.status != codes.OK:
        raise _refused(account, answer.status)


def _refused(account: SmppAccount, status: int) -> AccountFailure | ChannelFailure:
    words = {"host": account.host, "why": codes.in_words(status)}
    if status in codes.LATER or status == codes.ALREADY_BOUND:
        sentence = _("The SMS centre %(host)s does not let us in now: %(why)s.") % words
        return ChannelFailure(sentence, Reply(status, text=sentence, kind=ReplyKind.LATER))
    sentence = _("The SMS centre %(host)s does not let us in: %(why)s.") % words
    return AccountFailure(sentence, Reply(status, text=sentence, kind=ReplyKind.ACCOUNT))


class SessionSlot:
    """One slot's place on the session: one message at a time."""

    def __init__(self, account: SmppAccount, shared: Shared[Session], session: Session) -> None:
        self._account = account
        self._shared = shared
        self._session = session
        self._has_left = False
        self.peer = account.peer
        self.count = 0

    @property
    def is_open(self) -> bool:
        return self._session.is_open and not self._has_left

    @property
    def on_receipt(self) -> Callable[[ReceiptHeard], None] | None:
        return self._session.on_receipt

    @on_receipt.setter
    def on_receipt(self, listener: Callable[[ReceiptHeard], None]) -> None:
        self._session.on_receipt = listener

    @property
    def on_inbound(self) -> Callable[[Inbound], None] | None:
        return self._session.on_inbound

    @on_inbound.setter
    def on_inbound(self, listener: Callable[[Inbound], None]) -> None:
        self._session.on_inbound = listener

    async def hand_over(
        self, envelope: Envelope, mark: Mark, _announce: Announce | None = None, /
    ) -> Handover:
        """Hand over one message: accepted when the centre has accepted all of its parts."""
        try:
            messages = messages_of(envelope, self._account)
        except _Unfit as unfit:
            return Handover(Phase.DATA, unfit.reply)
        phase = Phase.MAIL
        try:
            async with self._session.window:
                await self._session.rested()
                self._session.must_be_open()
                self.count += 1
                if not await mark():
                    withdrawn = Reply(0, text=_("withdrawn in time"))
                    return Handover(Phase.DATA, withdrawn, is_fenced=True)
                phase = Phase.DATA
                self._session.must_be_open()
                return await self._send(messages)
        except LineLost as error:  # nothing of it was written yet
            return Handover(phase, Reply(0, text=sentence_of(error)), is_closed=True)

    async def close(self) -> None:
        """Leave the session; the last one says goodbye."""
        if not self._has_left:
            self._has_left = True
            await self._shared.leave()

    async def _send(self, messages: list[ShortMessage]) -> Handover:
        references: list[str] = []
        for message in messages:
            try:
                answer = await self._submit(message, is_first=not references)
            except LineLost as error:
                return self._told(Reply(0, text=sentence_of(error)))
            reply = codes.reply_of(answer.status)
            if reply.kind is not ReplyKind.ACCEPTED:
                return self._told(self._with_rest(reply))
            references.append(self._reference(answer))
        return self._told(codes.reply_of(codes.OK), " ".join(filter(None, references)))

    async def _submit(self, message: ShortMessage, *, is_first: bool) -> Pdu:
        """Send one part; a centre that is too busy has not taken it, so it is asked again."""
        answer = await self._session.submit(message)
        for _try in range(FIRST_TRIES if is_first else MOST_TRIES):
            if answer.status not in codes.BUSY:
                break
            await self._session.rested()
            if not self._session.is_open:
                break
            answer = await self._session.submit(message)
        return answer

    def _told(self, reply: Reply, reference: str = "") -> Handover:
        """Give no numbers of a half: its receipts would say of the whole that it arrived."""
        is_closed = not self._session.is_open
        return Handover(Phase.DOT, reply, is_closed=is_closed, reference=reference)

    def _with_rest(self, reply: Reply) -> Reply:
        if reply.code not in codes.BUSY:
            return reply
        wait = timedelta(seconds=self._session.rest)
        return Reply(reply.code, text=reply.text, kind=reply.kind, wait=wait)

    def _reference(self, answer: Pdu) -> str:
        """Return the centre's number; an accepted message without one gets no receipt, no more."""
        try:
            written = read_id(answer.body).strip()
        except PduInvalid:
            return ""
        return answered_reference(written, id_base=self._account.id_base)


class _Unfit(Exception):
    """We refuse ourselves what no centre can take."""

    def __init__(self, sentence: str, kind: ReplyKind) -> None:
        super().__init__(sentence)
        self.reply = Reply(0, text=sentence, kind=kind)


def messages_of(envelope: Envelope, account: SmppAccount) -> list[ShortMessage]:
    """Return what is sent of a message: the same at every attempt (R5)."""
    text = envelope.phone.text if envelope.phone else envelope.content.decode("utf-8", "replace")
    destination = destination_of(envelope.rcpt_to)
    if not (destination.value.isascii() and destination.value.isdigit()):
        raise _Unfit(_("This is not a phone number in international form."), ReplyKind.ADDRESS)
    if len(destination.value) > LONGEST_NUMBER:
        raise _Unfit(_("A phone number has 15 digits at most."), ReplyKind.ADDRESS)
    try:
        source = source_of(envelope.mail_from)
        cut = parts(text, reference=zlib.crc32(envelope.envid.encode()))
    except SenderNumberInvalid as error:
        raise _Unfit(str(error), ReplyKind.ACCOUNT) from error
    except TooLong as error:
        raise _Unfit(str(error), ReplyKind.REFUSED) from error
    return [
        ShortMessage(
            source,
            destination,
            part.header + part.data,
            esm_class=WITH_HEADER if part.header else 0,
            data_coding=_data_coding(part, account),
            registered_delivery=WITH_RECEIPT,
        )
        for part in cut
    ]


def _data_coding(part: SmsPart, account: SmppAccount) -> int:
    return UCS2 if part.encoding == "ucs2" else account.data_coding


class SmppAdapter:
    """Operators' SMS centres."""

    listens = True

    def __init__(self, patience: Patience | None = None) -> None:
        self._patience = patience or Patience()
        self._sessions: Sharing[SmppAccount, Session] = Sharing(
            lambda account: open_session(account, self._patience)
        )

    def account_of(self, sender: Sender) -> SmppAccount:
        return account_of(sender)

    async def connect(self, account: SmppAccount) -> Conversation:
        shared = self._sessions.of(account)
        return SessionSlot(account, shared, await shared.enter())

    async def check(self, account: SmppAccount) -> Reply:
        sentence = _("The SMS centre %(host)s lets us in.")
        try:
            session = await open_session(account, self._patience, listens=False)
        except ChannelFailure as failure:
            if failure.reply.code != codes.ALREADY_BOUND:
                raise
            # it allows one connection, and that one is our worker's
            sentence = _("The SMS centre %(host)s answers; this user is connected already.")
        else:
            await session.close()
        words = {"host": account.host}
        return Reply(codes.OK, text=sentence % words, kind=ReplyKind.ACCEPTED)


adapter: Adapter[SmppAccount] = SmppAdapter()
