"""`emailketing serve`: console and worker until stopped."""

from typing import Annotated

import typer
from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from emailketing.cli.show import refuse
from emailketing.worker.supervise import CannotServe, PublicPlace
from emailketing.worker.supervise import serve as run_server

Host = Annotated[str, typer.Option(help=str(gettext_lazy("Address to listen on")))]
Port = Annotated[int, typer.Option(help=str(gettext_lazy("Port to listen on")))]
Workers = Annotated[
    int,
    typer.Option(
        min=1,
        help=str(gettext_lazy("Processes that read and decide; several need a database server")),
    ),
]


PublicHost = Annotated[
    str | None, typer.Option(help=str(gettext_lazy("Address on which signed pages are published")))
]
PublicPort = Annotated[
    int | None,
    typer.Option(
        help=str(gettext_lazy("Port on which signed pages are published; 0: nothing is published"))
    ),
]


def register(app: typer.Typer) -> None:
    app.command()(serve)


def serve(
    host: Host = "127.0.0.1",
    port: Port = 8000,
    workers: Workers = 1,
    public_host: PublicHost = None,
    public_port: PublicPort = None,
) -> None:
    public = PublicPlace(
        settings.PUBLIC_HOST if public_host is None else public_host,
        settings.PUBLIC_PORT if public_port is None else public_port,
    )

    def announce() -> None:
        typer.echo(_("Console: http://%(host)s:%(port)s/") % {"host": host, "port": port})
        if public.port:
            where = {"host": public.host, "port": public.port}
            typer.echo(_("Published: http://%(host)s:%(port)s/") % where)
        invite_first_user(host, port)

    try:
        run_server(host=host, port=port, announce=announce, workers=workers, public=public)
    except CannotServe as error:
        refuse(error)


def invite_first_user(host: str, port: int) -> None:
    from emailketing.web.console.first_run import first_run_path

    path = first_run_path()
    if path:
        text = _("Nobody can sign in yet. Begin here: http://%(host)s:%(port)s%(path)s")
        typer.echo(text % {"host": host, "port": port, "path": path})
