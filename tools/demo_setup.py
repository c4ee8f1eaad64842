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
"""

SMS = """
# El remitente de SMS: el modo de prueba nunca le pregunta, por él saldrían
emailketing sender add SMS --kind http --from-address +59521600100
    --option url=https://sms.ykuasati.example/enviar
"""
RULES = """
# Las reglas listas de la fuente: encendidas las de los nueve procesos
emailketing rule pack estacion --on purchase_order --on purchase_order_changed
    --on purchase_order_cancelled --on quotation --on payment_order --on collection
    --on cash_closing --on sales_closing --on fuelling --on fuelling_over_limit
    --on payment_reminder --on record_changed --on record_deleted
"""
# what a role is called with us, and who has it: the post in the company's own list of users
ROLES = {"Gerencia": "gerencia", "Tesorería": "tesoreria", "Compras": "compras", "Ventas": "ventas"}
ROLES |= {"Auditoría": "gerencia"}


def lines(commands: str) -> list[str]:
    """Return the commands, each on one line, and the remarks between them."""
    return commands.strip().replace("\n    ", " ").splitlines()


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
    from emailketing.cli.language import speak

    speak(os.environ["EMAILKETING_LANGUAGE"])
    run(COMMANDS, database)
    run(f"{SMS}{staff(database)}{RULES}{reports(database)}", database)


def run(commands: str, database: str) -> None:
    from emailketing.cli.app import app

    for line in filter(None, lines(commands)):
        if line.startswith("#"):
            say(line.removeprefix("# "))
        elif code := app(words(line, database), standalone_mode=False):
            raise SystemExit(f"“{line}” terminó con el código {code}.")


def staff(database: str) -> str:
    """Return the commands that enter the company's own people, their addresses and duties."""
    from sqlalchemy import create_engine, text

    with create_engine(f"sqlite:///{database}").connect() as connection:
        users = connection.execute(
            text("SELECT nombre, cargo, email, telefono FROM usuario WHERE activo = 1")
        ).all()
    commands = ["# Los que reciben avisos dentro de la empresa, con correo, teléfono y función"]
    for name, post, email, phone in users:
        roles = [word for role in ROLES if ROLES[role] == post for word in ("--role", role)]
        if roles:
            ways = ("--address", email, "--address", phone)
            commands.append(shlex.join(("emailketing", "contact", "add", name, *ways, *roles)))
    return "\n".join(commands)


def reports(database: str) -> str:
    """Return the commands that make the scheduled reports."""
    from sqlalchemy import create_engine
    from tools.demo_reports import commands

    with create_engine(f"sqlite:///{database}").connect() as connection:
        return commands(connection)


def say(text: str) -> None:
    sys.stderr.write(f"\033[1m▸\033[0m {text}\n")


if __name__ == "__main__":
    main()
