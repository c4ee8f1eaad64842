"""One kept-open way to a gateway that speaks HTTP.

The mark is made when the connection stands and before the first byte of the request (R3): what
ends before it handed nothing over, what ends after it without an answer is in doubt.
"""

import asyncio
import logging
import ssl
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Protocol
from urllib.parse import urlsplit

import httpx

from emailketing.channels.base import (
    AccountFailure,
    Announce,
    ChannelFailure,
    Envelope,
    Handover,
    Mark,
    Phase,
    Reply,
    ReplyKind,
)
from emailketing.channels.http.address import (
    ServerAddress,
    UrlRefused,
    check_url,
    hides_words,
    resolve,
)
from emailketing.channels.http.answer import HttpAnswer, hushed, in_doubt, plain_number
from emailketing.common.plain import Values
from emailketing.common.said import say as _
from emailketing.common.said import sentence_of

CONNECT_WITHIN, WRITE_WITHIN, ANSWER_WITHIN = 15.0, 30.0, 60.0  # seconds
WHOLE_WITHIN = 120.0  # also for one who answers a letter a minute
KEPT_OPEN = 30.0  # shorter than most servers keep it: an old connection is a doubtful one
MOST_ANSWER = 64_000  # bytes; more is not read
MOST_REQUESTS = 1_000  # then the name is looked up anew
SENT_FROM = "http11.send_request_headers.started"
# httpx writes whole addresses into its log at INFO: they may hold a password (S22)
logging.getLogger("httpx").setLevel(logging.WARNING)


@dataclass(frozen=True, slots=True)
class Ask:
    """One request. Nothing of it ever shows in a log (S22)."""

    method: str
    url: str = field(repr=False)
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    content: bytes = field(default=b"", repr=False)


@dataclass(frozen=True, slots=True)
class GatewayAnswer:
    """What a gateway's answer means, and its number of the message."""

    reply: Reply
    reference: str = ""


class Gateway(Protocol):
    """The dialect of one kind: pure functions from a message to a request, from an answer back."""

    @property
    def url(self) -> str: ...
    def ask(self, envelope: Envelope) -> Ask: ...
    def told(self, answer: HttpAnswer, envelope: Envelope) -> GatewayAnswer: ...
    def reference(self, envelope: Envelope) -> str:
        """Our own number of the message, where a receipt will name it; else empty (R29)."""


class Unsent(Exception):
    """The request did not go out; nothing was handed over."""

    def __init__(self, reply: Reply, *, is_fenced: bool = False) -> None:
        super().__init__(reply.text)
        self.reply = reply
        self.is_fenced = is_fenced


class Unanswered(Exception):
    """The request went out and no whole answer came."""


class HttpConversation:
    """Hands messages over to one gateway, one at a time."""

    def __init__(self, gateway: Gateway, place: ServerAddress, address: str) -> None:
        self._gateway = gateway
        self._place = place
        self._address = address
        self._client = httpx.AsyncClient(
            timeout=httpx.Timeout(
                connect=CONNECT_WITHIN, write=WRITE_WITHIN, read=ANSWER_WITHIN, pool=CONNECT_WITHIN
            ),
            limits=httpx.Limits(max_connections=1, keepalive_expiry=KEPT_OPEN),
            # the computer's own authorities: an office may have one (S23)
            verify=ssl.create_default_context() if place.scheme == "https" else False,
            follow_redirects=False,
            trust_env=False,
        )
        self._is_lost = False
        self.hides_words = hides_words(place)
        self.peer = place.peer
        self.count = 0

    @property
    def is_open(self) -> bool:
        return not self._is_lost and self.count < MOST_REQUESTS

    async def hand_over(
        self, envelope: Envelope, mark: Mark, _announce: Announce | None = None, /
    ) -> Handover:
        """Hand over one message."""
        self.count += 1
        phase = Phase.DATA
        try:
            ask = await self.prepare(envelope)
            answer = await self.exchange(ask, mark)
            phase = Phase.DOT
            told = self._shown(self._gateway.told(answer, envelope), answer)
        except Unsent as error:
            self._is_lost = not error.is_fenced
            reply = error.reply
            if self.hides_words and reply.code:  # an answer that came before the message itself
                reply = hushed(reply, reply.code)
            return Handover(phase, reply, is_fenced=error.is_fenced, is_closed=self._is_lost)
        except Unanswered as error:
            self._is_lost = True
            reference = self._gateway.reference(envelope)
            return Handover(
                Phase.DOT, in_doubt(sentence_of(error)), is_closed=True, reference=reference
            )
        return Handover(phase, told.reply, reference=told.reference)

    def _shown(self, told: GatewayAnswer, answer: HttpAnswer) -> GatewayAnswer:
        """Return what may be read of it."""
        if not self.hides_words:
            return told
        return GatewayAnswer(hushed(told.reply, answer.status), plain_number(told.reference))

    async def prepare(self, envelope: Envelope) -> Ask:
        """Make the request; a gateway that takes files first uploads them here.

        Raises:
            Unsent: it cannot be made.
        """
        return self._gateway.ask(envelope)

    async def exchange(self, ask: Ask, mark: Mark | None = None) -> HttpAnswer:
        """Send one request and read its answer.

        Raises:
            Unsent: nothing went out.
            Unanswered: it went out, and no whole answer came.
        """
        tracker = _Tracker(mark)
        try:
            async with asyncio.timeout(WHOLE_WITHIN):
                return await self._send(ask, tracker)
        except (httpx.HTTPError, httpx.InvalidURL, OSError, TimeoutError) as error:
            if tracker.is_sent:
                raise Unanswered(_why(error)) from error
            kind = ReplyKind.ACCOUNT if _is_certificate(error) else ReplyKind.LATER
            raise Unsent(Reply(0, text=_why(error), kind=kind)) from error

    async def _send(self, ask: Ask, tracker: "_Tracker") -> HttpAnswer:
        request = self._client.build_request(
            ask.method,
            self._pinned(ask.url),
            headers={
                "User-Agent": "eMailketing",
                "Accept-Encoding": "identity",
                **ask.headers,
                "Host": urlsplit(ask.url).netloc,
            },
            content=ask.content or None,
            extensions={"sni_hostname": self._place.host, "trace": tracker},
        )
        response = await self._client.send(request, stream=True)
        try:
            content = bytearray()
            async for chunk in response.aiter_raw():
                content += chunk
                if len(content) > MOST_ANSWER:
                    self._is_lost = True  # the rest is not waited for
                    break
        finally:
            await response.aclose()
        headers = {name.lower(): value for name, value in response.headers.items()}
        return HttpAnswer(response.status_code, headers, bytes(content[:MOST_ANSWER]))

    def _pinned(self, url: str) -> httpx.URL:
        """The same address, but at the numeric place that was checked (S13)."""
        parsed = httpx.URL(url)
        place = (
            parsed.scheme,
            parsed.host,
            parsed.port or {"https": 443, "http": 80}[parsed.scheme],
        )
        if place != (self._place.scheme, self._place.host, self._place.port):
            sentence = _("The request would leave for another server than the one of the sender.")
            raise Unsent(Reply(0, text=sentence, kind=ReplyKind.ACCOUNT))
        return parsed.copy_with(host=self._address)

    async def close(self) -> None:
        self._is_lost = True
        await self._client.aclose()


class _Tracker:
    """Told by the client what it is about to do: asks for the mark right before it writes."""

    def __init__(self, mark: Mark | None) -> None:
        self._mark = mark
        self.is_sent = False

    async def __call__(self, name: str, _info: Values) -> None:
        if name != SENT_FROM or self.is_sent:
            return
        if self._mark is not None and not await self._mark():
            reply = Reply(0, text=_("withdrawn before it was sent"))
            raise Unsent(reply, is_fenced=True)
        self.is_sent = True


async def open_conversation(
    gateway: Gateway, kind: type[HttpConversation] = HttpConversation
) -> HttpConversation:
    """Look the server up and make ready; the connection itself comes with the first message.

    Raises:
        AccountFailure: its address may not be used.
        ChannelFailure: its name is not known just now.
    """
    try:
        place = check_url(gateway.url)
    except UrlRefused as error:
        raise AccountFailure(sentence_of(error)) from error
    address = await resolve(place)
    await _knock(address, place)
    return kind(gateway, place, address)


async def _knock(address: str, place: ServerAddress) -> None:
    """Find out whether anybody is there before a message is taken in hand (R21)."""
    try:
        async with asyncio.timeout(CONNECT_WITHIN):
            _reader, writer = await asyncio.open_connection(address, place.port)
            writer.close()
            with suppress(OSError):
                await writer.wait_closed()
    except (OSError, TimeoutError) as error:
        sentence = _("%(peer)s cannot be reached. Check the address; it is tried again.")
        raise ChannelFailure(sentence % {"peer": place.peer}) from error


async def ask_once(gateway: Gateway, ask: Ask) -> tuple[HttpAnswer, bool]:
    """One question that sends no message, for “test the connection”.

    Returns:
        The answer, and whether its words are not to be shown.

    Raises:
        AccountFailure, ChannelFailure: with a sentence for the operator.
    """
    conversation = await open_conversation(gateway)
    try:
        return await conversation.exchange(ask), conversation.hides_words
    except (Unsent, Unanswered) as error:
        raise ChannelFailure(sentence_of(error)) from error
    finally:
        await conversation.close()


def _is_certificate(error: BaseException | None) -> bool:
    """A wrong certificate is for a person to mend, never a reason to speak in the clear (S23)."""
    while error is not None:
        if isinstance(error, ssl.SSLCertVerificationError):
            return True
        error = error.__cause__ or error.__context__
    return False


def _why(error: BaseException) -> str:
    """One sentence; nothing of the request is quoted, it may hold the password (S22)."""
    if _is_certificate(error):
        return _("The gateway's certificate is not valid or its encryption does not fit.")
    if isinstance(error, httpx.ConnectTimeout | httpx.ConnectError):
        return _("The gateway cannot be reached. Check the address; it is tried again.")
    if isinstance(error, httpx.TimeoutException | TimeoutError):
        return _("The gateway did not answer in time")
    if isinstance(error, httpx.RemoteProtocolError):
        return _("The gateway hung up before it answered, or does not speak HTTP")
    return _("The connection to the gateway was lost")
