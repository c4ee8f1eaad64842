"""`make bench`: measure side by side, print a table, write build/bench.json.

Every figure is a ratio of two things run in turn. Arguments choose: capture documents cards
delivery postgresql phones latency fuelling sheets; none is all. FORCE=1 measures on a busy machine
as well. --write puts the table into docs/explanation/performance.md.
"""

import json
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import lab
from benches import on_postgresql, page
from benches.installation import prepare
from benches.pairs import Figure, refuse_when_busy
from rich.console import Console
from rich.table import Table

ROOT = Path(__file__).resolve().parent.parent
RESULT = ROOT / "build" / "bench.json"


def say(text: str) -> None:
    print(f"▸ {text}", flush=True)


def measure(names: list[str], folder: Path, variables: dict[str, str]) -> Iterator[Figure]:
    from benches import capture, cards, delivery, documents, fuelling, latency, phones, sheets

    server = variables.get("EMAILKETING_TEST_POSTGRES")
    parts: dict[str, Callable[[], Iterator[Figure]]] = {
        "capture": lambda: capture.figures(folder, server),
        "documents": documents.figures,
        "cards": cards.figures,
        "delivery": delivery.figures,
        "postgresql": lambda: on_postgresql.figures(folder, server),
        "phones": phones.figures,
        "latency": lambda: latency.figures(folder),
        "fuelling": lambda: fuelling.figures(folder),
        "sheets": sheets.figures,
    }
    for name, figures in parts.items():
        if not names or name in names:
            say(f"measuring {name}")
            yield from figures()


def show(figures: list[Figure]) -> None:
    table = Table("", "ours", "other", "ratio", "spread", "versus", box=None, pad_edge=False)
    for figure in figures:
        table.add_row(
            figure.name,
            f"{figure.median:,.1f} {figure.unit}",
            f"{figure.versus_median:,.1f}",
            f"{figure.ratio:.2f}",
            f"{figure.lowest:.2f}–{figure.highest:.2f}",
            f"{figure.versus}  {figure.note}",
        )
    Console(width=170).print(table)


def main() -> int:
    names = [word for word in sys.argv[1:] if not word.startswith("-")]
    busy = refuse_when_busy()
    began = time.monotonic()
    variables = lab.start(with_tryton=False)
    folder = Path(tempfile.mkdtemp(prefix="emailketing-bench-"))
    try:
        prepare(folder)
        figures = list(measure(names, folder, variables))
    finally:
        lab.stop()
        shutil.rmtree(folder, ignore_errors=True)
    show(figures)
    if "--write" in sys.argv:
        page.write(figures, busy=busy)
    RESULT.parent.mkdir(exist_ok=True)
    RESULT.write_text(json.dumps({f.name: f.plain() for f in figures}, indent=1))
    say(f"{len(figures)} figures in {RESULT.relative_to(ROOT)} ({time.monotonic() - began:.0f} s)")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
