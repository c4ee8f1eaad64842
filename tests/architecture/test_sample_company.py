"""The sample company is no part of the product: its trade stands in its connector and the demo."""

import re

from tests.architecture.places import ROOT, is_made

SOURCE = ROOT / "src/emailketing"
# words of a service station; what it tells of, and what its own database calls things
WORDS = re.compile(
    r"\b(gasto|retiro|km_per_litre|fuell?ings?|refuell?ings?|litres|last_week_litres|odometer|nafta"
    r"|surtidor|combustible|pumps?|vehicle|vehiculo|chofer|estacion|caja_cierre|gasoil|diesel)\b",
    re.IGNORECASE,
)
# the demo and the connectors are its own; translations and the manual tell people by example
ITS_OWN = ("demo/", "sources/connectors/estacion/", "sources/connectors/tryton/")
TOLD = ("locale/", "manual/")
READ = {".css", ".html", ".js", ".mjml", ".py", ".sql", ".toml", ".txt", ".typ"}


def test_no_word_of_its_trade_stands_in_the_product() -> None:
    found = [
        f"{name}:{number}: {line.strip()}"
        for path in sorted(SOURCE.rglob("*"))
        if path.suffix in READ and not is_made(path)
        if not (name := path.relative_to(SOURCE).as_posix()).startswith(ITS_OWN + TOLD)
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if WORDS.search(line)
    ]
    assert found == []


def test_the_words_are_those_of_the_connector() -> None:
    connector = SOURCE / "sources/connectors/estacion"
    text = "".join(file.read_text(encoding="utf-8") for file in sorted(connector.glob("*.toml")))
    assert {"gasto", "retiro", "km_per_litre", "fuelling"} <= set(WORDS.findall(text))
