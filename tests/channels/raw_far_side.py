"""A server below good manners: it answers each command with the bytes it was told to."""

import socket
import threading
from collections.abc import Mapping
from typing import Self

GOOD = {
    b"EHLO": b"250 far.test\r\n",
    b"MAIL": b"250 fine\r\n",
    b"RCPT": b"250 fine\r\n",
    b"DATA": b"354 go on\r\n",
    b".": b"250 kept\r\n",
    b"RSET": b"250 fine\r\n",
    b"QUIT": b"221 bye\r\n",
}


class RawFarSide:
    """Serves one connection; `text` is what came after the go-ahead, the dot included."""

    def __init__(
        self, answers: Mapping[bytes, bytes] | None = None, *, pipelining: bool = False
    ) -> None:
        self._answers = {**GOOD, **(answers or {})}
        if pipelining:
            self._answers[b"EHLO"] = b"250-far.test\r\n250 PIPELINING\r\n"
        self.text = b""
        self._news = threading.Condition()

    def __enter__(self) -> Self:
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = int(self._listener.getsockname()[1])
        self._thread = threading.Thread(target=self._serve, name="raw far side")
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._thread.join(10)
        self._listener.close()
        assert not self._thread.is_alive()

    def wait_for_text(self, wanted: bytes) -> None:
        with self._news:
            assert self._news.wait_for(lambda: self.text == wanted, 10)

    def _serve(self) -> None:
        connection, _address = self._listener.accept()
        with connection, connection.makefile("rb") as lines:
            connection.sendall(b"220 far.test\r\n")
            is_text = False
            try:
                for line in lines:
                    if is_text:
                        self._keep(line)
                    command = b"." if is_text else line.strip()[:4].upper()
                    if is_text and line != b".\r\n":
                        continue
                    answer = self._answers.get(command, b"500 what?\r\n")
                    connection.sendall(answer)
                    is_text = answer.startswith(b"354")
            except ConnectionError:
                pass  # the other side hung up, as it should

    def _keep(self, line: bytes) -> None:
        with self._news:
            self.text += line
            self._news.notify_all()
