"""Which page answers which address, and who is at work."""

import mimetypes
import re
from collections.abc import Callable, Iterable
from datetime import datetime
from urllib.parse import urlsplit
from wsgiref.types import StartResponse, WSGIEnvironment

from sqlalchemy import select
from sqlalchemy.exc import DBAPIError

from emailketing.demo.database import Database, Row
from emailketing.demo.pages import (
    accounts,
    closings,
    expenses,
    home,
    orders,
    payments,
    people,
    products,
    quotations,
    receipts,
    sales,
    stock,
    tanks,
    tills,
)
from emailketing.demo.pages.http import USER_COOKIE, OperatorRequest, Response, go_to, read_request
from emailketing.demo.pages.views import FOLDER, page
from emailketing.demo.refused import Refused

Page = Callable[..., Response]
ROUTES: list[tuple[str, Page]] = [
    (r"/", home.home),
    (r"/ordenes", orders.index),
    (r"/ordenes/nueva", orders.new),
    (r"/ordenes/(\d{1,9})", orders.edit),
    (r"/presupuestos", quotations.index),
    (r"/presupuestos/nuevo", quotations.new),
    (r"/presupuestos/(\d{1,9})", quotations.edit),
    (r"/productos", products.index),
    (r"/productos/(\d{1,9})", products.edit),
    (r"/(clientes|proveedores)", people.index),
    (r"/(clientes|proveedores)/(\d{1,9})", people.edit),
    (r"/(clientes|proveedores)/(\d{1,9})/contactos", people.contact),
    (r"/ventas", sales.index),
    (r"/ventas/vehiculo", sales.refuelling),
    (r"/cobros", receipts.index),
    (r"/cobros/nuevo", receipts.new),
    (r"/pagos", payments.index),
    (r"/pagos/nuevo", payments.new),
    (r"/cajas", tills.index),
    (r"/cajas/(\d{1,9})", tills.show),
    (r"/cierres", closings.index),
    (r"/cierres/(\d{1,9})", closings.show),
    (r"/tanques", tanks.index),
    (r"/tanques/(\d{1,9})", tanks.show),
    (r"/existencias", stock.index),
    (r"/gastos", expenses.index),
    (r"/cuentas", accounts.index),
]
NOT_SAVED = "La base de datos no aceptó la operación y no se guardó nada. Pruebe de nuevo."
SAFE_HEADERS = [
    ("X-Content-Type-Options", "nosniff"),
    ("Content-Security-Policy", "default-src 'self'; frame-ancestors 'none'"),
]


class App:
    """The WSGI application."""

    def __init__(self, database: Database, clock: Callable[[], datetime]) -> None:
        self.database = database
        self.clock = clock

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        response = self.answer(environ)
        headers = [*response.headers, *SAFE_HEADERS, ("Content-Length", str(len(response.body)))]
        start_response(response.status, headers)
        return [response.body]

    def answer(self, environ: WSGIEnvironment) -> Response:
        path = environ.get("PATH_INFO", "/")
        if path.startswith("/static/"):
            return _file(path.removeprefix("/static/"))
        request = read_request(environ, self.database, self.clock)
        request.user = self._user(request)
        if request.method == "POST" and not _same_site(environ):
            return page(request, "problema", status="403 Forbidden", text="Pedido de otro sitio.")
        try:
            return _dispatch(request)
        except Refused as refused:
            return page(request, "problema", status="404 Not Found", text=str(refused))
        except DBAPIError:
            return page(request, "problema", status="500 Internal Server Error", text=NOT_SAVED)

    def _user(self, request: OperatorRequest) -> Row:
        """Return who said to be at work; the first buyer when nobody has."""
        with request.look() as work:
            users = work.tables["usuario"]
            known = {row["codigo"]: row for row in work.rows(select(users))}
        chosen = request.cookies.get(USER_COOKIE, "")
        if chosen in known:
            return known[chosen]
        return next(row for row in known.values() if row["cargo"] == "compras")


def _dispatch(request: OperatorRequest) -> Response:
    if request.path == "/operador" and request.method == "POST":
        return _change_user(request)
    for pattern, answer in ROUTES:
        found = re.fullmatch(pattern, request.path.rstrip("/") or "/")
        if found:
            return answer(request, *found.groups())
    return page(request, "problema", status="404 Not Found", text="Esa página no existe.")


def _change_user(request: OperatorRequest) -> Response:
    back = request.form.get("volver", ["/"])[0]
    safe = back if back.startswith("/") and not back.startswith("//") else "/"
    return go_to(safe).remember(USER_COOKIE, request.form.get("operador", [""])[0])


def _same_site(environ: WSGIEnvironment) -> bool:
    """A form of another site must not work here."""
    origin = environ.get("HTTP_ORIGIN")
    return not origin or urlsplit(origin).netloc == environ.get("HTTP_HOST")


def _file(name: str) -> Response:
    path = FOLDER / "static" / name
    if not re.fullmatch(r"[a-z]+\.[a-z]+", name) or not path.is_file():
        return Response(status="404 Not Found")
    kind = mimetypes.guess_type(name)[0] or "application/octet-stream"
    headers = [("Content-Type", f"{kind}; charset=utf-8"), ("Cache-Control", "max-age=300")]
    return Response(path.read_bytes(), headers=headers)
