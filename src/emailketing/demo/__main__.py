"""`python -m emailketing.demo seed | serve | play`: make the company, serve it, play a day."""

import argparse
import json
import sys
from collections.abc import Callable
from dataclasses import asdict
from datetime import date, datetime, timedelta, timezone

from sqlalchemy.exc import ArgumentError, DBAPIError

from emailketing.demo.database import Database
from emailketing.demo.play import PARTS, play
from emailketing.demo.refused import Refused
from emailketing.demo.seed import DAYS, VALUE, seed

PARAGUAY = timezone(timedelta(hours=-3))  # all year since October 2024


def clock() -> datetime:
    """Return the company's local time, without zone, as its old system notes it."""
    return datetime.now(PARAGUAY).replace(tzinfo=None)


def main(arguments: list[str] | None = None) -> None:
    options = _parser().parse_args(arguments)
    commands: dict[str, Callable[[Database, argparse.Namespace], None]] = {
        "seed": _seed,
        "serve": _serve,
        "play": _play,
    }
    try:
        database = Database(options.database)
    except ArgumentError:
        sys.exit(f"No es una dirección de base de datos: {options.database}")
    except Refused as refused:
        sys.exit(str(refused))
    except DBAPIError as error:
        sys.exit(f"No se puede abrir la base de datos: {str(error.orig).strip()}")
    if options.command != "seed" and "empresa" not in database.tables:
        sys.exit("La base de datos no tiene la empresa. Primero: seed")
    try:
        commands[options.command](database, options)
    except Refused as refused:
        sys.exit(str(refused))
    finally:
        database.close()


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m emailketing.demo", description=__doc__)
    parser.add_argument("command", choices=["seed", "serve", "play"])
    parser.add_argument("--database", required=True, metavar="sqlite:///FILE|postgresql://…")
    parser.add_argument("--date", type=date.fromisoformat, help="seed: as on this day")
    parser.add_argument("--value", type=int, default=VALUE, help="seed: another value, other names")
    parser.add_argument("--days", type=int, default=DAYS, help="seed: of so many days")
    parser.add_argument("--host", default="127.0.0.1", help="serve: address to listen on")
    parser.add_argument("--port", type=int, default=8001, help="serve: port to listen on")
    parser.add_argument("--part", choices=PARTS, default="day", help="play: which part of the day")
    parser.add_argument("--json", action="store_true", help="play: one line of JSON per act")
    return parser


def _seed(database: Database, options: argparse.Namespace) -> None:
    today = options.date or clock().date()
    seed(database, today=today, value=options.value, days=options.days)
    sys.stdout.write(f"La empresa está lista: {options.days} días de datos.\n")


def _serve(database: Database, options: argparse.Namespace) -> None:
    from emailketing.demo.pages.server import serve

    serve(database, clock, host=options.host, port=options.port)


def _play(database: Database, options: argparse.Namespace) -> None:
    for act in play(database, clock, part=options.part):
        line = json.dumps(asdict(act), ensure_ascii=False) if options.json else act.label
        sys.stdout.write(f"{line}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
