"""Delivery with PostgreSQL as our own database: in a process of its own, where that is chosen."""

import json
import os
import subprocess
import sys
import uuid
from collections.abc import Iterator
from dataclasses import asdict, replace
from pathlib import Path

import psycopg
from psycopg import sql

from benches.installation import prepare
from benches.pairs import Figure

TOOLS = Path(__file__).resolve().parents[1]


def figures(folder: Path, server: str | None) -> Iterator[Figure]:
    """Measure what `delivery` does on a database of its own; nothing without a server."""
    if not server:
        return
    home = folder / "on-postgresql"
    home.mkdir()
    name = f"bench_{uuid.uuid4().hex[:10]}"
    with psycopg.connect(server, autocommit=True) as root:
        root.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        try:
            place = f"{server.rpartition('/')[0]}/{name}"
            command = [sys.executable, "-m", "benches.on_postgresql", str(home), place]
            subprocess.run(command, check=True, env={**os.environ, "PYTHONPATH": str(TOOLS)})
        finally:
            root.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))
    for values in json.loads((home / "figures.json").read_text()):
        figure = Figure(**values)
        yield replace(figure, name=f"{figure.name}, PostgreSQL")


def main() -> None:
    home, database = Path(sys.argv[1]), sys.argv[2]
    prepare(home, database)
    from benches import delivery

    found = [asdict(figure) for figure in delivery.figures()]
    (home / "figures.json").write_text(json.dumps(found))


if __name__ == "__main__":
    main()
