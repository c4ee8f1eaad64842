"""The figures as a table in docs/explanation/performance.md, between two marks."""

import os
import platform
from pathlib import Path

from benches.pairs import Figure

PAGE = Path(__file__).resolve().parents[2] / "docs" / "explanation" / "performance.md"
BEGIN, END = "<!-- figures: begin -->", "<!-- figures: end -->"


def write(figures: list[Figure], *, busy: float) -> None:
    """Replace the table of the page by these figures, saying on what they were measured."""
    text = PAGE.read_text()
    head, rest = text.split(BEGIN)
    tail = rest.split(END)[1]
    PAGE.write_text(f"{head}{BEGIN}\n{table(figures, busy=busy)}\n{END}{tail}")


def table(figures: list[Figure], *, busy: float) -> str:
    machine = f"{os.cpu_count()} cores, Python {platform.python_version()}"
    lines = [
        f"{machine}, loopback; {busy:.0%} of the cores were busy with other work before it began.",
        "",
        "| what | ours | other | ratio (spread) | versus |",
        "|---|---|---|---|---|",
    ]
    lines += [
        f"| {f.name} | {f.median:,.1f} {f.unit} | {f.versus_median:,.1f} |"
        f" {f.ratio:.2f} ({f.lowest:.2f}–{f.highest:.2f}) | {f.versus} |"
        for f in figures
    ]
    return "\n".join(lines)
