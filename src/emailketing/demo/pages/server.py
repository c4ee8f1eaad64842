"""Serving the pages with the standard library: it is a small office."""

import signal
import sys
from collections.abc import Callable
from datetime import datetime
from socketserver import ThreadingMixIn
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer

from emailketing.demo.database import Database
from emailketing.demo.pages.app import App


class _Server(ThreadingMixIn, WSGIServer):
    daemon_threads = True


class _Quiet(WSGIRequestHandler):
    def log_message(self, format: str, *args: str | int) -> None:  # noqa: A002
        """Say nothing of each request."""


def make_server(
    database: Database, clock: Callable[[], datetime], *, host: str, port: int
) -> WSGIServer:
    server = _Server((host, port), _Quiet)
    server.set_app(App(database, clock))
    return server


def serve(database: Database, clock: Callable[[], datetime], *, host: str, port: int) -> None:
    """Serve until SIGTERM or Ctrl-C."""
    try:
        server = make_server(database, clock, host=host, port=port)
    except OSError as error:
        sys.exit(f"No se puede escuchar en {host}:{port}: {error.strerror}. Pruebe --port N")
    signal.signal(signal.SIGTERM, _stop)
    sys.stdout.write(f"Estación Ykua Sati: http://{host}:{server.server_port}/\n")
    sys.stdout.flush()
    try:
        server.serve_forever()
    except KeyboardInterrupt:
        sys.stdout.write("\n")
    finally:
        server.server_close()


def _stop(number: int, frame: object) -> None:  # noqa: ARG001
    raise KeyboardInterrupt
