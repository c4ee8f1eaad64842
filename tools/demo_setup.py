"""Attach eMailketing to the sample company with the commands that a user would type.

They run in one process, because starting Python a dozen times takes longer than the work itself.

usage: demo_setup.py DATABASE-FILE
"""

import os
import shlex
import sys
from pathlib import Path

from emailketing.demo.__main__ import main as company

ROOT = Path(__file__).resolve().parent.parent
COMMANDS = """
# eMailketing: base de datos, empresa, marca, usuario, remitente
emailketing migrate
emailketing setup --name "Estación Ykua Sati S.A." --tax-id 80012345-0
emailketing brand set --logo "$LOGO" --primary-colour "#0f5c3f" --accent-colour "#f6c244"
    --address "Avda. Madame Lynch 2345 esq. Ykua Sati, Asunción" --phone "+595 21 600 100"
    --email administracion@ykuasati.example
emailketing user add admin --role administrator
emailketing sender add Avisos --host smtp.ykuasati.example
    --from-address avisos@ykuasati.example --from-name "Estación Ykua Sati"
# La fuente: conectar, revisar e instalar la captura
emailketing source add estacion --name "Sistema de la estación"
    --connector estacion --dialect sqlite --database "$DATABASE"
emailketing source check estacion
emailketing source install estacion --yes
# Las reglas: orden de compra al proveedor, presupuesto al cliente
emailketing rule add "Orden de compra al proveedor" --source estacion --process purchase_order
    --template purchase-order --to party:pedidos --fallback compras@ykuasati.example --active
emailketing rule add "Presupuesto al cliente" --source estacion --process quotation
    --template quotation --to party:ventas --fallback ventas@ykuasati.example --active
"""


def lines() -> list[str]:
    """Return the commands, each on one line, and the remarks between them."""
    return COMMANDS.strip().replace("\n    ", " ").splitlines()


def words(line: str, database: str) -> list[str]:
    """Return the words of one command as the shell would give them."""
    values = {"$DATABASE": database, "$LOGO": str(ROOT / "src/emailketing/demo/logo.png")}
    return [values.get(word, word) for word in shlex.split(line)[1:]]


def main() -> None:
    database = sys.argv[1]
    say("La empresa de ejemplo: estación con shop y sucursales, tres meses de datos")
    company(["seed", "--database", f"sqlite:///{database}"])

    import django

    django.setup()
    from emailketing.cli.app import app
    from emailketing.cli.main import speak

    speak(os.environ["EMAILKETING_LANGUAGE"])
    for line in lines():
        if line.startswith("#"):
            say(line.removeprefix("# "))
        elif code := app(words(line, database), standalone_mode=False):
            raise SystemExit(f"“{line}” terminó con el código {code}.")


def say(text: str) -> None:
    sys.stderr.write(f"\033[1m▸\033[0m {text}\n")


if __name__ == "__main__":
    main()
