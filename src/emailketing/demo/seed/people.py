"""Suppliers, customers, whom to reach there, and the vehicles of the fleets."""

from datetime import date, timedelta

from emailketing.demo.database import Cell, Row
from emailketing.demo.seed.book import SeedBook
from emailketing.demo.seed.catalogue import read
from emailketing.demo.seed.house import SELLERS
from emailketing.demo.seed.words import (
    CARS,
    CITIES,
    FOREIGN,
    address,
    company_ruc,
    landline,
    mailbox,
    mobile,
    person,
    person_ruc,
    plate,
)

PERSONS = 30
ABROAD = {"pt": "Rodovia BR-277, 1550", "en": "2410 Lakeshore Drive"}
TRUCKS = 9  # from here on the cars of words.CARS are lorries


def invite(book: SeedBook) -> None:
    for line in read("suppliers"):
        _add_supplier(book, line)
    for line in read("fleets"):
        _add_company(book, line, is_fleet=True)
    for line in read("companies"):
        _add_company(book, line, is_fleet=False)
    foreigners = list(FOREIGN)
    for place in range(PERSONS):
        is_foreign = bool(foreigners) and place % 7 == 0
        name, language = foreigners.pop() if is_foreign else (person(book.random), "es")
        _add_person(book, name, language)


def _stamp(book: SeedBook) -> Row:
    return {"modificado_por": "mrojas", "modificado_en": book.moment(book.first_day, 9)}


def _add_supplier(book: SeedBook, line: dict[str, str]) -> None:
    is_local = line["idioma"] == "es"
    number = len(book.tables["proveedor"]) + 1
    key = book.add(
        "proveedor",
        codigo=f"P{number:03}",
        razon_social=line["nombre"],
        ruc=company_ruc(book.random) if is_local else f"EXT-{number:05}",
        direccion=ABROAD.get(line["idioma"]) or address(book.random),
        ciudad=line["ciudad"],
        telefono=landline(book.random),
        idioma=line["idioma"],
        moneda=line["moneda"],
        plazo_dias=int(line["plazo"]),
        **_stamp(book),
    )
    seller, domain = line["contacto"], line["dominio"]
    contacts = [(seller, "telefono", mobile(book.random), "pedidos")]
    if domain:
        contacts += [
            (seller, "email", f"pedidos@{domain}", "pedidos"),
            ("Tesorería", "email", f"cobranzas@{domain}", "pagos"),
            ("Administración", "email", f"administracion@{domain}", "general"),
        ]
    _add_contacts(book, "proveedor", key, contacts)


def _add_contacts(
    book: SeedBook, kind: str, owner: int, contacts: list[tuple[str, str, str, str]]
) -> None:
    for name, type_, value, use in contacts:
        book.add(
            f"{kind}_contacto",
            **{f"{kind}_id": owner},
            nombre=name,
            tipo=type_,
            valor=value,
            uso=use,
            **_stamp(book),
        )


def _add_customer(book: SeedBook, name: str, **values: Cell) -> int:
    return book.add(
        "cliente",
        codigo=f"C{len(book.tables['cliente']) + 1:04}",
        razon_social=name,
        direccion=address(book.random),
        vendedor=book.random.choice(SELLERS),
        acepta_publicidad=int(book.chance(0.8)),
        creado_en=book.moment(book.first_day, 10),
        **values,
        **_stamp(book),
    )


def _add_company(book: SeedBook, line: dict[str, str], *, is_fleet: bool) -> None:
    key = _add_customer(
        book,
        line["nombre"],
        tipo="empresa",
        ruc=company_ruc(book.random),
        ciudad=line["ciudad"],
        telefono=landline(book.random),
        idioma=line["idioma"],
        plazo_dias=30 if is_fleet else book.random.choice((0, 15, 30)),
        limite_credito=120_000_000 if is_fleet else 15_000_000,
        control_vehiculos=int(is_fleet),
    )
    boss, clerk, domain = person(book.random), person(book.random), line["dominio"]
    contacts = [
        (boss, "email", mailbox(boss, domain), "general"),
        (boss, "telefono", mobile(book.random), "general"),
        (clerk, "email", f"compras@{domain}", "ventas"),
        (clerk, "email", f"pagos@{domain}", "pagos"),
        (clerk, "telefono", mobile(book.random), "pagos"),
    ]
    if is_fleet:
        chief = person(book.random)
        contacts += [
            (chief, "email", f"flota@{domain}", "flota"),
            (chief, "telefono", mobile(book.random), "flota"),
        ]
        _add_vehicles(book, key, int(line["vehiculos"]), domain)
    _add_contacts(book, "cliente", key, contacts)


def _add_vehicles(book: SeedBook, owner: int, count: int, domain: str) -> None:
    for number in range(count):
        place = book.random.randrange(len(CARS))
        brand, model = CARS[place]
        driver = person(book.random)
        fuel = 3 if place >= TRUCKS else book.random.choice((1, 3, 4))
        book.add(
            "vehiculo",
            cliente_id=owner,
            marca=brand,
            modelo=model,
            anio=book.random.randint(book.today.year - 15, book.today.year - 1),
            chapa=plate(book.random),
            producto_id=fuel,
            chofer=driver,
            chofer_email=mailbox(driver, domain) if book.chance(0.6) else None,
            chofer_telefono=mobile(book.random),
            limite_litros=(900 if place >= TRUCKS else 260) if book.chance(0.5) else None,
            odometro=book.random.randint(8_000, 280_000),
            vence_inspeccion=_inspection(book.today, owner, number),
            **_stamp(book),
        )


def _inspection(today: date, owner: int, number: int) -> date:
    """Return when it is due: spread over the year to come, of each fleet one or two a month."""
    return today + timedelta(days=(owner * 5 + number * 23) % 365)


def _add_person(book: SeedBook, name: str, language: str) -> None:
    born = date(1955, 1, 1) + timedelta(days=book.random.randrange(49 * 365))
    phone = mobile(book.random)
    key = _add_customer(
        book,
        name,
        tipo="persona",
        ruc=person_ruc(book.random),
        ciudad=book.random.choice(CITIES),
        telefono=phone,
        idioma=language,
        fecha_nacimiento=born,
        plazo_dias=15 if book.chance(0.2) else 0,
        limite_credito=3_000_000,
    )
    contacts = [(name, "telefono", phone, "general")]
    if book.chance(0.85):
        address_ = mailbox(name, book.random.choice(("correo.example", "buzon.test")))
        contacts.append((name, "email", address_, "general"))
    _add_contacts(book, "cliente", key, contacts)


def enter_by_mistake(book: SeedBook) -> None:
    """A customer entered twice under another name, with contacts and without any document."""
    key = _add_customer(
        book,
        "Comercial Tres Bocas S.A. (cargado dos veces)",
        tipo="empresa",
        ruc=company_ruc(book.random),
        ciudad="Luque",
        telefono=landline(book.random),
        idioma="es",
        plazo_dias=30,
        limite_credito=15_000_000,
    )
    owner = person(book.random)
    contacts = [
        (owner, "email", mailbox(owner, "tresbocas.example"), "general"),
        (owner, "telefono", mobile(book.random), "general"),
        ("Tesorería", "email", "pagos@tresbocas.example", "pagos"),
    ]
    _add_contacts(book, "cliente", key, contacts)
