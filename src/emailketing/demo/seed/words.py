"""Invented names, numbers and addresses."""

from random import Random

from emailketing.demo.ruc import ruc


def listed(text: str, separator: str = " ") -> tuple[str, ...]:
    return tuple(text.split(separator))


WOMEN = listed(
    "Liz Marta Rocío Carolina Nilda Sonia Lorena Gabriela Fátima Mirta Zulma Patricia Adriana "
    "Romina Noelia Blanca Griselda Lourdes Cynthia Analía"
)
MEN = listed(
    "Hugo Derlis Óscar Gustavo Víctor Ramón Pablo Iván Nelson Marcos Celso Diego Arnaldo Rubén "
    "Christian Éver Milciades Aldo Fabián Osvaldo"
)
SURNAMES = listed(
    "Benítez González Giménez Rojas Cáceres Ayala Vera Duarte Fleitas Ortiz Báez Núñez Acosta "
    "Franco Domínguez Cabrera Riquelme Villalba Sosa Aquino Paredes Martínez Insfrán Valdez Mareco "
    "Ovelar Brítez Ferreira Zárate Coronel Meza Escobar"
)
FOREIGN = (
    ("Margaret Ellison", "en"),
    ("Thomas Whitfield", "en"),
    ("Luciana Barbosa", "pt"),
    ("Anderson Prates", "pt"),
)
STREETS = listed(
    "Avda. Mariscal López;Avda. Eusebio Ayala;Ruta PY02 km 14;Avda. Santa Teresa;Palma;Cerro Corá;"
    "14 de Mayo;Teniente Fariña;Avda. Artigas;Ruta PY01 km 22;Avda. San Martín;Capitán Figari;"
    "Avda. Las Residentas;Mcal. Estigarribia;Dr. Moreno;Avda. Irrazábal",
    ";",
)
CITIES = ("Asunción", "Luque", "San Lorenzo", "Lambaré", "Fernando de la Mora", "Encarnación")
BANKS = ("Banco Ypacaraí", "Banco Tajy", "Financiera Tekojoja", "Banco Ñandutí")
CARS = (
    ("Toyota", "Hilux"),
    ("Isuzu", "D-Max"),
    ("Kia", "K2700"),
    ("Hyundai", "HD78"),
    ("Nissan", "Frontier"),
    ("Volkswagen", "Saveiro"),
    ("Chevrolet", "S10"),
    ("Fiat", "Fiorino"),
    ("Toyota", "Corolla"),
    ("Scania", "R450"),
    ("Volvo", "FH 460"),
    ("Mercedes-Benz", "Atego 1726"),
)
PLAIN = str.maketrans("áéíóúñüÁÉÍÓÚÑ", "aeiounuAEIOUN")
LETTERS = "ABCDEFHJKLMNPRSTUVXYZ"


def person(random: Random) -> str:
    first = random.choice(WOMEN + MEN)
    return f"{first} {random.choice(SURNAMES)} {random.choice(SURNAMES)}"


def mobile(random: Random) -> str:
    """Return a mobile number as people write it: mostly, not always, the international way."""
    prefix = random.choice((961, 971, 981, 982, 983, 991, 994))
    number = random.randint(100_000, 999_999)
    head, tail = divmod(number, 1000)
    forms = (f"+595 {prefix} {head} {tail:03}",) * 8
    return random.choice((*forms, f"0{prefix} {head} {tail:03}", f"595{prefix}{number}"))


def landline(random: Random) -> str:
    return f"+595 21 {random.randint(200, 699)} {random.randint(100, 999)}"


def address(random: Random) -> str:
    return f"{random.choice(STREETS)} {random.randint(100, 4900)}"


def company_ruc(random: Random) -> str:
    return ruc(random.randint(80_010_000, 80_139_999))


def person_ruc(random: Random) -> str:
    return ruc(random.randint(850_000, 5_400_000))


def mailbox(name: str, domain: str) -> str:
    first, *_, last = name.translate(PLAIN).lower().split()
    return f"{first}.{last}@{domain}"


def plate(random: Random) -> str:
    """Return a plate of the Mercosur form."""
    return f"{''.join(random.choices(LETTERS, k=4))} {random.randint(100, 999)}"
