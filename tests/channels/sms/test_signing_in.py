"""Signing in where no SMS centre is, or where nobody answers: one sentence, and no open line."""

import asyncio
from contextlib import suppress
from dataclasses import replace

import pytest

from emailketing.channels.base import ChannelFailure
from emailketing.channels.sms.account import SmppAccount
from emailketing.channels.sms.smpp import SmppAdapter, open_session
from tests.channels.sms.smpp_cast import PASSWORD, QUICK, USER, Run


@pytest.mark.parametrize(
    ("says", "words"),
    [
        (b"", "no answer within"),
        (b"HTTP/1.1 400 Bad Request\r\n\r\n<html>", "not SMPP"),
        (b"\0\0\0\x10\x80\0\0\x09\0\0\0\0\0\0\0\x02", "no answer within"),  # to no question
        (b"\0\0\0\x08\x80\0\0\x09" + bytes(8), "not SMPP"),
        (b"\xff" * 100_000, "not SMPP"),
        (None, "hung up"),
    ],
)
def test_what_is_no_sms_centre_is_one_sentence(run: Run, says: bytes | None, words: str) -> None:
    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(100)
        if says is None:
            writer.transport.abort()
        else:
            writer.write(says)
            with suppress(ConnectionError):
                await reader.read()
            writer.close()

    async def bind() -> None:
        server = await asyncio.start_server(serve, "127.0.0.1", 0)
        port = server.sockets[0].getsockname()[1]
        account = SmppAccount("127.0.0.1", port, username=USER, password=PASSWORD)
        async with server:
            await SmppAdapter(replace(QUICK, bind=0.3)).connect(account)

    with pytest.raises(ChannelFailure, match=words):
        run(bind())


def test_who_is_stopped_while_signing_in_hangs_up(run: Run) -> None:
    """An open line would keep the loop of the outbox from ending."""
    asked, gone = asyncio.Event(), asyncio.Event()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(100)
        asked.set()
        with suppress(ConnectionError):
            await reader.read()
        gone.set()
        writer.close()

    async def stop() -> None:
        server = await asyncio.start_server(serve, "127.0.0.1", 0)
        port = server.sockets[0].getsockname()[1]
        account = SmppAccount("127.0.0.1", port, username=USER, password=PASSWORD)
        async with asyncio.timeout(5):
            signing_in = asyncio.create_task(open_session(account, QUICK))
            await asked.wait()
            signing_in.cancel()
            await gone.wait()
        server.close()

    run(stop())
