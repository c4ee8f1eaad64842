"""What the maker of the program does to its tables while everybody works (C19)."""

# ruff: noqa: S608 - the program writes its own SQL

from tests.legacy.program import Program
from tests.legacy.schema import KEYS

EXTRA = "version_extra"


def add_column(program: Program) -> str:
    """A new column that every save of a header fills from now on."""
    if EXTRA in program.extra:
        return ""
    program.run(f'ALTER TABLE "Comprobante" ADD COLUMN {EXTRA} char(5)')
    program.extra[EXTRA] = 0
    return "Comprobante"


def drop_column(program: Program) -> str:
    """The same column is given up again."""
    if EXTRA not in program.extra:
        return ""
    program.run(f'ALTER TABLE "Comprobante" DROP COLUMN {EXTRA}')
    del program.extra[EXTRA]
    return "Comprobante"


def rename_column(program: Program) -> str:
    """A column that is written at every confirmation has another name from now on."""
    new = "ultima_compra" if program.bought == "ult_compra" else "ult_compra"
    program.run(f'ALTER TABLE "Articulo" RENAME COLUMN {program.bought} TO {new}')
    program.bought = new
    return "Articulo"


def rebuild(program: Program, table: str) -> str:
    """Copy, drop, rename: programs of the nineties do so when they are opened."""
    if program.dialect == "postgresql":
        program.run(f'CREATE TABLE nueva (LIKE "{table}" INCLUDING ALL)')
    else:
        ((made,),) = program.run("SELECT sql FROM sqlite_master WHERE name = ?", table)
        program.run(str(made).replace(f'"{table}"', "nueva", 1))
    program.run(f'INSERT INTO nueva SELECT * FROM "{table}"')
    program.run(f'DROP TABLE "{table}"')
    program.run(f'ALTER TABLE nueva RENAME TO "{table}"')
    return table


def rebuilt(program: Program, number: int) -> str:
    with_key = [table for table, key in KEYS.items() if key and table != "contador"]
    return rebuild(program, with_key[number % len(with_key)])
