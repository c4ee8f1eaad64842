"""The company itself: branches, users, tills, pumps, numbering."""

from emailketing.demo.seed.book import SeedBook
from emailketing.demo.seed.words import mailbox

DOMAIN = "ykuasati.example"
BRANCHES = (
    (
        "001",
        "Casa Central",
        "Avda. Madame Lynch 2345 esq. Ykua Sati",
        "Asunción",
        "+595 21 600 100",
    ),
    ("002", "Sucursal Luque", "Avda. Las Residentas 780", "Luque", "+595 21 600 200"),
    ("003", "Sucursal Encarnación", "Ruta PY01 km 362", "Encarnación", "+595 71 200 300"),
)
USERS = (  # code, name, branch, post
    ("mrojas", "Marta Rojas Cabrera", 1, "gerencia"),
    ("aortiz", "Arnaldo Ortiz Meza", 1, "gerencia"),
    ("lgimenez", "Liz Giménez Duarte", 1, "compras"),
    ("dbogarin", "Derlis Bogarín Sosa", 1, "compras"),
    ("cbenitez", "Carolina Benítez Acosta", 1, "ventas"),
    ("ralvarenga", "Rubén Alvarenga Franco", 2, "ventas"),
    ("gfranco", "Gabriela Franco Núñez", 3, "ventas"),
    ("sfleitas", "Sonia Fleitas Valdez", 1, "tesoreria"),
    ("jcaceres", "Juan Cáceres Aquino", 1, "caja"),
    ("pvera", "Patricia Vera Sosa", 1, "caja"),
    ("nayala", "Noelia Ayala Báez", 1, "caja"),
    ("odominguez", "Óscar Domínguez Riquelme", 2, "caja"),
    ("ebrizuela", "Éver Brizuela Paredes", 2, "caja"),
    ("tinsfran", "Teresa Insfrán Villalba", 3, "caja"),
    ("fescobar", "Fabián Escobar Meza", 3, "caja"),
)
SELLERS = tuple(code for code, _, _, post in USERS if post == "ventas")
TILLS = ((1, "Caja 1"), (1, "Caja 2"), (2, "Caja 1"), (3, "Caja 1"))
CASHIERS = {1: ("jcaceres", "pvera"), 2: ("nayala", "jcaceres"), 3: ("odominguez", "ebrizuela")}
CASHIERS[4] = ("tinsfran", "fescobar")
MEANS = (
    ("efectivo", "Efectivo"),
    ("tarjeta_debito", "Tarjeta de débito"),
    ("tarjeta_credito", "Tarjeta de crédito"),
    ("qr", "Código QR"),
    ("transferencia", "Transferencia"),
    ("cheque", "Cheque"),
    ("credito", "A crédito"),
)
NUMBERS = (("OC", "OC-"), ("PRE", "PRE-"), ("OP", "OP-"), ("CC", "CC-"), ("CV", "CV-"))
FUELS = (1, 2, 3, 4)  # the products a pump gives: the first of the catalogue
PUMPS_PER_BRANCH = 6


def found(book: SeedBook) -> None:
    """Write the company's own records."""
    book.add(
        "empresa",
        razon_social="Estación Ykua Sati S.A.",
        nombre_fantasia="Ykua Sati",
        ruc="80012345-0",
        direccion=BRANCHES[0][2],
        ciudad="Asunción",
        telefono="+595 21 600 100",
        email=f"administracion@{DOMAIN}",
    )
    for code, name, place, city, phone in BRANCHES:
        book.add("sucursal", codigo=code, nombre=name, direccion=place, ciudad=city, telefono=phone)
    for code, name, branch, post in USERS:
        book.put(
            "usuario",
            codigo=code,
            nombre=name,
            sucursal_id=branch,
            cargo=post,
            email=mailbox(name, DOMAIN),
            telefono=f"+595 981 {book.random.randint(200, 899)} {book.random.randint(100, 999)}",
            pin=f"{book.random.randint(0, 9999):04}",
        )
    for order, (code, name) in enumerate(MEANS):
        book.put("medio_pago", codigo=code, nombre=name, orden=order)
    _number_and_equip(book)


def _number_and_equip(book: SeedBook) -> None:
    for code, prefix in NUMBERS:
        book.put("numeracion", codigo=code, prefijo=prefix, cifras=4, ultimo=0)
    for code, *_ in BRANCHES:
        for kind, prefix, digits in (("FAC", f"{code}-001-", 7), ("REC", f"R{code}-", 5)):
            book.put("numeracion", codigo=f"{kind}-{code}", prefijo=prefix, cifras=digits, ultimo=0)
    for place, name in TILLS:
        book.add("caja", sucursal_id=place, nombre=name)
    for branch in range(1, len(BRANCHES) + 1):
        for number in range(1, PUMPS_PER_BRANCH + 1):
            fuel = FUELS[(number - 1) % len(FUELS)]
            book.add("surtidor", sucursal_id=branch, numero=number, producto_id=fuel)
