"""A real Tryton 8.0 for the tests, private to this folder, on the laboratory's own PostgreSQL.

Tryton is GPL: it lives in an environment of its own (.lab/tryton/venv) and is only ever spoken to
as another program. Its database is built once (two minutes), kept as a dump under the name of what
it was made from, also for other checkouts, and copied for each test run.

usage: lab_tryton.py POSTGRES_URL FOLDER_OF_ITS_BINARIES     (tools/lab.py does it)
"""

import hashlib
import os
import shutil
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import bootstrap
import psycopg
from psycopg import sql

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / ".lab" / "tryton"
VENV = FOLDER / "venv"
PYTHON = VENV / "bin" / "python"
STAMP = FOLDER / "venv.stamp"
CONFIGURATION = FOLDER / "trytond.conf"
LOCK = ROOT / "requirements" / "tryton.lock"
SEED = ROOT / "tests" / "tryton" / "seed.py"
MODULES = ("party", "product", "purchase", "sale", "account_payment", "account_statement")
ROLE = "tryton"
UNFINISHED = "tryton_unfinished"
LOG = FOLDER / "build.log"
CACHE = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "emailketing"
VARIABLE = "EMAILKETING_TEST_TRYTON"


def say(text: str) -> None:
    print(f"▸ {text}", file=sys.stderr, flush=True)


def start(server: str, binaries: Path, *, build: bool = True) -> dict[str, str]:
    """Return the variables for the tests, empty when there is no Tryton.

    With `build` what is missing is made; otherwise only what is there is used. The binaries are the
    server's own: what they keep, they read.
    """
    template = f"tryton_{fingerprint(LOCK, SEED)}"
    with psycopg.connect(server, autocommit=True) as root:
        is_built = exists(root, "pg_database", "datname", template)
        if not build and not (is_built and is_installed()):
            return {}
        FOLDER.mkdir(parents=True, exist_ok=True)
        configure(server)
        kept = CACHE / f"{template}-{root.info.server_version // 10000}.dump"
        if not install() or not (is_built or make(root, template, Kept(server, binaries, kept))):
            return {}
    return {VARIABLE: str(FOLDER), f"{VARIABLE}_TEMPLATE": template}


def fingerprint(*files: Path) -> str:
    digest = hashlib.sha256(" ".join([sys.version, *MODULES]).encode())
    for path in files:
        digest.update(path.read_bytes())
    return digest.hexdigest()[:12]


def is_installed() -> bool:
    return STAMP.exists() and STAMP.read_text() == fingerprint(LOCK) and PYTHON.exists()


def install() -> bool:
    """Make the environment from the lock file; quick when nothing changed."""
    if is_installed():
        return True
    STAMP.unlink(missing_ok=True)
    shutil.rmtree(VENV, ignore_errors=True)
    say("installing Tryton 8.0 in an environment of its own")
    if fetch():
        STAMP.write_text(fingerprint(LOCK))
        return True
    say(
        "missing: Tryton, whose packages could not be fetched; its tests are skipped. They need a "
        "Python package index (requirements/tryton.lock)"
    )
    return False


def fetch() -> bool:
    try:
        uv = bootstrap.find_uv()
    except SystemExit:
        return False
    sync = [uv, "pip", "sync", "--quiet", "--require-hashes", bootstrap.COMPILED, LOCK]
    return bootstrap.run(uv, "venv", "--quiet", "--python", sys.executable, VENV) and bootstrap.run(
        *sync, VIRTUAL_ENV=str(VENV)
    )


def configure(server: str) -> None:
    """Write the configuration anew: the server's port changes at each start."""
    place = psycopg.conninfo.conninfo_to_dict(server)
    address = f"postgresql://{ROLE}@{place['host']}:{place['port']}/"
    text = f"[database]\nuri = {address}\npath = {FOLDER}/files\n"
    # mail of Tryton's own must go nowhere: what the tests count is ours
    text += "[email]\nuri = smtp://127.0.0.1:9\nfrom = tryton@estacion.test\n"
    CONFIGURATION.write_text(text)


def exists(root: psycopg.Connection, catalog: str, column: str, value: str) -> bool:
    query = sql.SQL("SELECT 1 FROM {} WHERE {} = %s").format(
        sql.Identifier(catalog), sql.Identifier(column)
    )
    return root.execute(query, [value]).fetchone() is not None


@dataclass(frozen=True)
class Kept:
    """A dump of the finished database; without one, or with one that is spoilt, it is built."""

    server: str
    binaries: Path
    file: Path

    def write(self, name: str) -> None:
        self.file.parent.mkdir(parents=True, exist_ok=True)
        unfinished = self.file.with_suffix(f".{os.getpid()}")
        if self._run("pg_dump", "-Fc", "-Z1", "-f", unfinished, "-d", self._at(name)):
            unfinished.replace(self.file)
        unfinished.unlink(missing_ok=True)

    def read_into(self, name: str) -> bool:
        words = ("--no-owner", f"--role={ROLE}", "--exit-on-error", "--single-transaction")
        return self.file.exists() and self._run(
            "pg_restore", *words, "-d", self._at(name), self.file
        )

    def _at(self, name: str) -> str:
        return psycopg.conninfo.make_conninfo(self.server, dbname=name)

    def _run(self, program: str, *words: str | Path) -> bool:
        return bootstrap.run(self.binaries / program, *words)


def make(root: psycopg.Connection, template: str, kept: Kept) -> bool:
    """Install the modules and the sample company; the name is given only when all is there."""
    began = time.monotonic()
    if not exists(root, "pg_roles", "rolname", ROLE):
        root.execute(f"CREATE ROLE {ROLE} LOGIN")
    old = root.execute("SELECT datname FROM pg_database WHERE datname LIKE 'tryton\\_%'").fetchall()
    for (name,) in old:
        root.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))
    root.execute(f"CREATE DATABASE {UNFINISHED} OWNER {ROLE}")
    if not kept.read_into(UNFINISHED):  # in one transaction: what failed has left nothing
        say("building Tryton's database: modules and a sample company (two minutes, once)")
        if not fill():
            say(f"missing: Tryton's database; its tests are skipped. Why: {LOG}")
            return False
        kept.write(UNFINISHED)
    rename = "ALTER DATABASE {} RENAME TO {}"
    root.execute(sql.SQL(rename).format(sql.Identifier(UNFINISHED), sql.Identifier(template)))
    say(f"Tryton is ready after {time.monotonic() - began:.0f} s")
    return True


def fill() -> bool:
    password = FOLDER / "password"
    password.write_text("admin\n")
    admin = [VENV / "bin" / "trytond-admin", "-c", CONFIGURATION, "-d", UNFINISHED]
    steps: list[list[str | Path]] = [
        [*admin, "--all", "--email", "admin@estacion.test"],
        [*admin, "-u", *MODULES, "--activate-dependencies"],
        [PYTHON, SEED, UNFINISHED, CONFIGURATION],
    ]
    environment = {**os.environ, "TRYTONPASSFILE": str(password)}
    with LOG.open("w") as log:
        return not any(
            subprocess.run(step, env=environment, stdout=log, stderr=log, check=False).returncode
            for step in steps
        )


if __name__ == "__main__":
    for variable, value in start(sys.argv[1], Path(sys.argv[2])).items():
        print(f"{variable}={value}")
