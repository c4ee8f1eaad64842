"""The how-to for connectors is followed literally: its files written, its commands run."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs" / "howto" / "write-a-connector.md"
BLOCK = re.compile(r'^```(\w+)(?: title="([^"]+)")?\n(.*?)^```$', re.MULTILINE | re.DOTALL)


def follow(folder: Path, page: str) -> str:
    """Do what the page says, in its order; return everything the last commands said."""
    environment = {
        **os.environ,
        "EMAILKETING_HOME": str(folder / "home"),
        "DATABASE_URL": f"sqlite:///{folder / 'home' / 'own.sqlite3'}",
        "EMAILKETING_LANGUAGE": "en",
        "EMAILKETING_LOG_LEVEL": "ERROR",
        "COLUMNS": "200",
        "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
    }
    said = ""
    for kind, title, text in BLOCK.findall(page):
        if title:
            path = folder / title
            path.parent.mkdir(exist_ok=True)
            path.write_text(text)
        elif kind == "sh":
            ran = subprocess.run(
                ["bash", "-euc", text],
                cwd=folder,
                env=environment,
                capture_output=True,
                text=True,
                check=False,
            )
            said = ran.stdout + ran.stderr
            assert ran.returncode == 0, said
        else:
            assert kind == "text"
            for line in text.strip().splitlines():
                assert " ".join(line.split()) in " ".join(said.split()), said
    return said


@pytest.mark.slow
def test_who_follows_the_page_has_a_message_in_the_ledger(tmp_path: Path) -> None:
    said = follow(tmp_path, PAGE.read_text())
    assert said.count("pedidos@nuguasu.example") == 1
    assert "Orden de compra C-001" not in said
    assert (tmp_path / "plan.sql").read_text().startswith("BEGIN IMMEDIATE;")
