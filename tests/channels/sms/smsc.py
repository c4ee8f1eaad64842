"""An SMS centre: a far side of its own, which shares no code with the product.

In a thread: `with Smsc() as smsc: … smsc.port`. As a process, printing its port and then one JSON
line per message it got: `python -m tests.channels.sms.smsc [--port N] [--no-receipts] [--calm]`.

The end of the phone number chooses what it does, unless it is calm:

| ends in | answer | receipt |
|---|---|---|
| 88 | too fast, always | |
| 58 | too fast once, then accepted | DELIVRD |
| 45, 11, 10 | refused: failed, no such number, this sender may not | |
| 77 | never | |
| 99 | none: it keeps the message and hangs up | |
| 98 | accepts the first part, keeps the second and hangs up | |
| 55 | accepted, half a second late | DELIVRD |
| 44 | a unit of four gigabytes | |
| 43 | no SMPP at all | |
| 66 | accepted | UNDELIV |
| 65 | accepted | DELIVRD, twice |
| 64 | accepted | DELIVRD and then ENROUTE |
| 63 | accepted, after the receipt | DELIVRD |
| 62 | accepted | one for a message nobody knows, then DELIVRD |
| else | accepted | DELIVRD |
"""

import argparse
import asyncio
import json
import struct
import sys
import threading
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from typing import Self, cast

from tests.channels.sms.smsc_units import Submit, cstring, read_submit, receipt, unit

SUBMIT, DELIVER, UNBIND, BIND, ENQUIRE, NACK = 0x04, 0x05, 0x06, 0x09, 0x15, 0x80000000
RESPONSE = 0x80000000
OK, THROTTLED, BAD_PASSWORD, BAD_USER, ALREADY_BOUND = 0, 0x58, 0x0E, 0x0F, 0x05
REFUSED = {"88": THROTTLED, "45": 0x45, "11": 0x0B, "10": 0x0A}
LATE_SECONDS = 0.5


@dataclass(frozen=True)
class Text:
    """What stands on the phone: the parts joined."""

    source: str
    destination: str
    text: str
    segments: int


@dataclass
class Record:
    """Everything that came, and what may be awaited."""

    binds: list[tuple[str, str]] = field(default_factory=list)
    submits: list[Submit] = field(default_factory=list)
    texts: list[Text] = field(default_factory=list)
    receipts: Counter[int] = field(default_factory=Counter)  # by the status they were answered with
    enquiries: int = 0
    unbinds: int = 0
    most_waiting: int = 0


class _Line(asyncio.Protocol):
    """One connection of a client."""

    def __init__(self, smsc: "Smsc") -> None:
        self._smsc = smsc
        self._buffer = b""
        self._sequence = 0
        self.user = ""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast("asyncio.Transport", transport)
        self._smsc.lines.add(self)

    def connection_lost(self, _exc: Exception | None) -> None:
        self._smsc.lines.discard(self)

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        while len(self._buffer) >= 16:
            length, command, status, sequence = struct.unpack(">IIII", self._buffer[:16])
            assert 16 <= length <= 70_000
            if len(self._buffer) < length:
                return
            body, self._buffer = self._buffer[16:length], self._buffer[length:]
            self._hear(command, status, sequence, body)

    def say(self, command: int, status: int, sequence: int, body: bytes = b"") -> None:
        if not self.transport.is_closing():
            self.transport.write(unit(command, status, sequence, body))

    def tell(self, body: bytes) -> None:
        """Send a receipt."""
        self._sequence += 1
        self.say(DELIVER, OK, self._sequence, body)

    def _hear(self, command: int, status: int, sequence: int, body: bytes) -> None:
        smsc = self._smsc
        if command == BIND:
            self._bind(sequence, body)
        elif command == ENQUIRE:
            smsc.note(lambda record: setattr(record, "enquiries", record.enquiries + 1))
            if not smsc.is_mute:
                self.say(ENQUIRE | RESPONSE, OK, sequence)
        elif command == SUBMIT:
            smsc.take(self, sequence, read_submit(body))
        elif command == DELIVER | RESPONSE:
            smsc.note(lambda record: record.receipts.update([status]))
        elif command == UNBIND:
            smsc.note(lambda record: setattr(record, "unbinds", record.unbinds + 1))
            self.say(UNBIND | RESPONSE, OK, sequence)
            self.transport.close()
        elif not command & RESPONSE:
            self.say(NACK, 3, sequence)

    def _bind(self, sequence: int, body: bytes) -> None:
        answer = self._judge(body)
        self.say(BIND | RESPONSE, answer, sequence, b"" if answer else b"FAKE\0")
        if not answer and self._smsc.says_first:
            self.transport.write(self._smsc.says_first)

    def _judge(self, body: bytes) -> int:
        user, at = cstring(body, 0)
        password, _at = cstring(body, at)
        self._smsc.note(lambda record: record.binds.append((user, password)))
        answer = self._smsc.bind_status
        if not answer and user not in self._smsc.users:
            answer = BAD_USER
        elif not answer and self._smsc.users[user] != password:
            answer = BAD_PASSWORD
        elif not answer and sum(line.user == user for line in self._smsc.lines) >= self._smsc.most:
            answer = ALREADY_BOUND
        self.user = "" if answer else user
        return answer


class Smsc:
    """The centre; its settings may be changed while it runs."""

    def __init__(
        self,
        users: Mapping[str, str] | None = None,
        *,
        port: int = 0,
        receipts: bool = True,
        on_text: Callable[[Text], None] | None = None,
    ) -> None:
        self.users = dict(users or {"estacion": "secreta1"})
        self.port = port
        self.receipts = receipts
        self.bind_status = OK
        self.most = 1  # connections a user may have
        self.is_calm = False  # every number is an ordinary one
        self.is_mute = False  # answers no enquire_link
        self.throttle_part = 0  # of a long text, once
        self.says_first = b""  # right after the bind
        self.id_of: Callable[[int], tuple[str, str]] = lambda n: (f"{n:08x}", f"{n:08x}")
        self.lines: set[_Line] = set()
        self.record = Record()
        self._on_text = on_text
        self._news = threading.Condition()
        self._parts: dict[tuple[str, bytes], dict[int, Submit]] = {}
        self._throttled: set[str] = set()
        self._waiting = 0
        self._is_up = threading.Event()

    # --- in a thread

    def __enter__(self) -> Self:
        self._thread = threading.Thread(target=lambda: asyncio.run(self.serve()), name="smsc")
        self._thread.start()
        assert self._is_up.wait(10)
        return self

    def __exit__(self, *_: object) -> None:
        self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join(10)
        assert not self._thread.is_alive()

    def hang_up(self) -> None:
        """Drop every connection, as a centre that dies."""
        self._loop.call_soon_threadsafe(self._hang_up)

    def say_goodbye(self) -> None:
        """Unbind everybody, as a centre before its maintenance."""

        def unbind() -> None:
            for line in list(self.lines):
                line.say(UNBIND, OK, 1)

        self._loop.call_soon_threadsafe(unbind)

    def send(self, raw: bytes) -> None:
        """Write bytes on every connection."""

        def write() -> None:
            for line in list(self.lines):
                line.transport.write(raw)

        self._loop.call_soon_threadsafe(write)

    def wait_until(self, condition: Callable[[Record], bool]) -> Record:
        with self._news:
            assert self._news.wait_for(lambda: condition(self.record), 10), self.record
        return self.record

    # --- the service

    async def serve(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._stop = asyncio.Event()
        server = await self._loop.create_server(lambda: _Line(self), "127.0.0.1", self.port)
        self.port = int(server.sockets[0].getsockname()[1])
        self._is_up.set()
        await self._stop.wait()
        while coming_in := asyncio.all_tasks() - {asyncio.current_task()}:
            await asyncio.wait(coming_in)  # a server that is closed drops them half open
        server.close()
        self._hang_up()
        while self.lines:
            await asyncio.sleep(0)  # until the loop has told each line that it is lost

    def note(self, change: Callable[[Record], object]) -> None:
        with self._news:
            change(self.record)
            self._news.notify_all()

    def take(self, line: _Line, sequence: int, submit: Submit) -> None:
        end = self._end_of(submit)
        number = len(self.record.submits) + 1
        self.note(lambda record: record.submits.append(submit))
        status = REFUSED.get(end, OK)
        if end == "58" and submit.destination not in self._throttled:
            self._throttled.add(submit.destination)
            status = THROTTLED
        if self.throttle_part and submit.header[-1:] == bytes([self.throttle_part]):
            self.throttle_part, status = 0, THROTTLED
        if status:
            line.say(SUBMIT | RESPONSE, status, sequence)
            return
        self._keep(submit)
        if not self._spoils(line, end, submit):
            self._accept(line, sequence, submit, self.id_of(number))

    def _spoils(self, line: _Line, end: str, submit: Submit) -> bool:
        """Do what a bad day brings; True: there is nothing more to say."""
        if end == "99" or (end == "98" and submit.header[-1:] == b"\x02"):
            line.transport.abort()
        elif end == "44":
            line.transport.write(struct.pack(">IIII", 0xFFFFFFFF, SUBMIT | RESPONSE, 0, 1))
        elif end == "43":
            line.transport.write(b"HTTP/1.1 400 Bad Request\r\n\r\n")
        return end in ("99", "44", "43", "77") or line.transport.is_closing()

    def _accept(self, line: _Line, sequence: int, submit: Submit, ids: tuple[str, str]) -> None:
        end, (answered, told) = self._end_of(submit), ids
        self._waiting += 1
        self.note(lambda r: setattr(r, "most_waiting", max(r.most_waiting, self._waiting)))

        def answer() -> None:
            self._waiting -= 1
            line.say(SUBMIT | RESPONSE, OK, sequence, answered.encode() + b"\0")

        def tell() -> None:
            if self.receipts and submit.registered & 1:
                for body in self._receipts(told, submit):
                    line.tell(body)

        if end == "63":
            tell()
            answer()
        else:
            delay = LATE_SECONDS if end == "55" else 0.0
            self._loop.call_later(delay, answer)
            self._loop.call_later(delay, tell)

    def _end_of(self, submit: Submit) -> str:
        return "" if self.is_calm else submit.destination[-2:]

    def _receipts(self, message_id: str, submit: Submit) -> list[bytes]:
        end = self._end_of(submit)
        states = {"66": ["UNDELIV"], "65": ["DELIVRD"] * 2, "64": ["DELIVRD", "ENROUTE"]}
        told = [receipt(message_id, submit, state) for state in states.get(end, ["DELIVRD"])]
        return [receipt("deadbeef", submit, "DELIVRD"), *told] if end == "62" else told

    def _keep(self, submit: Submit) -> None:
        """Join the parts of a text, in whatever order they come."""
        parts = {1: submit}
        if submit.header:
            _length, _element, _size, _reference, count, number = submit.header
            key = (submit.destination, submit.header[3:5])
            parts = self._parts.setdefault(key, {})
            parts[number] = submit
            if len(parts) < count:
                return
            del self._parts[key]
        whole = "".join(parts[number].text for number in sorted(parts))
        text = Text(submit.source, submit.destination, whole, len(parts))
        self.note(lambda record: record.texts.append(text))
        if self._on_text:
            self._on_text(text)

    def _hang_up(self) -> None:
        for line in list(self.lines):
            line.transport.abort()


def main() -> None:
    parser = argparse.ArgumentParser(description="An SMS centre for tests.")
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--user", default="estacion:secreta1")
    parser.add_argument("--no-receipts", action="store_true")
    parser.add_argument("--calm", action="store_true", help="treat every number alike")
    parser.add_argument("--count", action="store_true", help="print how many came, at the end")
    options = parser.parse_args()
    user, _colon, password = options.user.partition(":")

    def show(text: Text) -> None:
        sys.stdout.write(json.dumps(asdict(text), ensure_ascii=False) + "\n")
        sys.stdout.flush()

    smsc = Smsc(
        {user: password},
        port=options.port,
        receipts=not options.no_receipts,
        on_text=None if options.count else show,
    )
    smsc.most, smsc.is_calm = 100, options.calm
    with smsc:
        sys.stdout.write(f"{smsc.port}\n")
        sys.stdout.flush()
        sys.stdin.read()  # until whoever started it closes the pipe
    if options.count:
        sys.stdout.write(f"{len(smsc.record.texts)}\n")


if __name__ == "__main__":
    main()
