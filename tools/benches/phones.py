"""Text messages per second to an SMS centre: our session against smpplib's plain loop."""

import asyncio
import logging
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import smpplib.client
from smpplib.consts import SMPP_NPI_ISDN, SMPP_TON_ALNUM, SMPP_TON_INTL

from benches.pairs import Figure, Other, alternate
from emailketing.channels.base import Conversation, Envelope, PhoneText
from emailketing.channels.sms.account import SmppAccount
from emailketing.channels.sms.smpp import SmppAdapter
from emailketing.outbox.sending.engine import new_event_loop

ROOT = Path(__file__).resolve().parents[2]
MESSAGES = 2_000
WINDOW = 10
USER, PASSWORD = "estacion", "secreta1"
PHONE = "595981123400"
TEXT = "Estacion: 40,00 litros de Gasoil Podium, chapa ABC 123, Gs. 320.000. Gracias."


def figures() -> Iterator[Figure]:
    logging.getLogger("smpp").setLevel(logging.ERROR)
    with centre() as far_side:
        bench = Bench(far_side)
        other = Other(
            name="SMPP, messages to an SMS centre",
            versus="smpplib, which waits for each answer",
            measure=bench.by_smpplib,
        )
        yield from alternate(bench.ours, other, unit="messages per second")
        far_side.must_have(bench.sent)


@dataclass
class Centre:
    """The SMS centre of the tests in a process of its own; it tells how many texts it got."""

    port: int
    process: subprocess.Popen[str]

    def must_have(self, count: int) -> None:
        """Close it and compare; fewer or more means the figures are worth nothing."""
        said, _errors = self.process.communicate(timeout=30)
        if int(said) != count:
            raise SystemExit(f"{count} texts were sent and {said.strip()} arrived.")


@contextmanager
def centre() -> Iterator[Centre]:
    command = [
        sys.executable,
        "-m",
        "tests.channels.sms.smsc",
        "--no-receipts",
        "--calm",
        "--count",
    ]
    process = subprocess.Popen(
        [*command, "--user", f"{USER}:{PASSWORD}"],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout  # noqa: S101 - for the type checker
    try:
        yield Centre(int(process.stdout.readline()), process)
    finally:
        process.kill()
        process.wait()


class Bench:
    """The same text, as often, by both."""

    def __init__(self, far_side: Centre, messages: int = MESSAGES) -> None:
        self._port = far_side.port
        self._messages = messages
        self.sent = 0

    def ours(self) -> float:
        with asyncio.Runner(loop_factory=new_event_loop) as runner:
            return runner.run(self._ours())

    async def _ours(self) -> float:
        account = SmppAccount(
            "127.0.0.1", self._port, username=USER, password=PASSWORD, window=WINDOW
        )
        adapter = SmppAdapter()
        seats = [await adapter.connect(account) for _ in range(WINDOW)]
        envelopes = (
            Envelope("Estacion", f"+{PHONE}", b"", envid=str(number), phone=PhoneText(TEXT))
            for number in range(self._messages)
        )
        began = time.perf_counter()
        await asyncio.gather(*(self._send(seat, envelopes) for seat in seats))
        rate = self._messages / (time.perf_counter() - began)
        for seat in seats:
            await seat.close()
        return rate

    async def _send(self, seat: Conversation, envelopes: Iterator[Envelope]) -> None:
        async def mark() -> bool:
            return True

        for envelope in envelopes:
            done = await seat.hand_over(envelope, mark)
            if not done.is_accepted:
                raise SystemExit(f"A text was not accepted: {done.reply.text}")
            self.sent += 1

    def by_smpplib(self) -> float:
        client = smpplib.client.Client("127.0.0.1", self._port, allow_unknown_opt_params=True)
        client.connect()
        client.bind_transceiver(system_id=USER, password=PASSWORD)
        answers: list[int] = []
        client.set_message_sent_handler(lambda pdu: answers.append(pdu.status))
        began = time.perf_counter()
        for number in range(1, self._messages + 1):
            client.send_message(
                source_addr_ton=SMPP_TON_ALNUM,
                source_addr="Estacion",
                dest_addr_ton=SMPP_TON_INTL,
                dest_addr_npi=SMPP_NPI_ISDN,
                destination_addr=PHONE,
                short_message=TEXT.encode(),
                registered_delivery=True,
            )
            while len(answers) < number:
                client.read_once()
        rate = self._messages / (time.perf_counter() - began)
        self.sent += self._messages
        client.unbind()
        client.disconnect()
        return rate
