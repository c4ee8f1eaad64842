"""Amounts in words, as a cheque or a receipt says them, in Spanish, English and Portuguese.

“un millón doscientos mil guaraníes”, “mil doscientos dólares con 50/100”, “one thousand two
hundred and 50/100 US dollars”, “mil e duzentos dólares e cinquenta centavos”.
"""

from collections.abc import Callable, Iterator
from decimal import Decimal, localcontext

from emailketing.common.plain import Cell
from emailketing.content.formats import EXACT, amount, as_decimal, decimals_of

MOST = 10**24  # words end here; a larger amount stays in figures
HUNDRED, GROUP, SIX = 100, 1_000, 1_000_000


def _listed(words: str) -> tuple[str, ...]:
    return tuple(words.split())


# singular, plural
CURRENCIES = {
    "es": {
        "PYG": ("guaraní", "guaraníes"),
        "USD": ("dólar", "dólares"),
        "EUR": ("euro", "euros"),
        "BRL": ("real", "reales"),
    },
    "en": {
        "PYG": ("guarani", "guaranies"),
        "USD": ("US dollar", "US dollars"),
        "EUR": ("euro", "euros"),
        "BRL": ("real", "reais"),
    },
    "pt": {
        "PYG": ("guarani", "guaranis"),
        "USD": ("dólar", "dólares"),
        "EUR": ("euro", "euros"),
        "BRL": ("real", "reais"),
    },
}

ES_SMALL = _listed(
    "cero un dos tres cuatro cinco seis siete ocho nueve diez once doce trece catorce quince "
    "dieciséis diecisiete dieciocho diecinueve veinte veintiún veintidós veintitrés veinticuatro "
    "veinticinco veintiséis veintisiete veintiocho veintinueve"
)
ES_TENS = _listed("treinta cuarenta cincuenta sesenta setenta ochenta noventa")
ES_HUNDREDS = _listed(
    "ciento doscientos trescientos cuatrocientos quinientos seiscientos setecientos "
    "ochocientos novecientos"
)
ES_SCALES = (("millón", "millones"), ("billón", "billones"), ("trillón", "trillones"))

EN_SMALL = _listed(
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen "
    "fifteen sixteen seventeen eighteen nineteen"
)
EN_TENS = _listed("twenty thirty forty fifty sixty seventy eighty ninety")
EN_SCALES = _listed("thousand million billion trillion quadrillion quintillion sextillion")

PT_SMALL = _listed(
    "zero um dois três quatro cinco seis sete oito nove dez onze doze treze quatorze quinze "
    "dezesseis dezessete dezoito dezenove"
)
PT_TENS = _listed("vinte trinta quarenta cinquenta sessenta setenta oitenta noventa")
PT_HUNDREDS = _listed(
    "cento duzentos trezentos quatrocentos quinhentos seiscentos setecentos oitocentos novecentos"
)
PT_SCALES = (
    ("mil", "mil"),
    ("milhão", "milhões"),
    ("bilhão", "bilhões"),
    ("trilhão", "trilhões"),
    ("quatrilhão", "quatrilhões"),
    ("quintilhão", "quintilhões"),
    ("sextilhão", "sextilhões"),
)


def spelled(value: Cell, currency: str, language: str) -> str:
    """Write an amount out, rounded half up to what the currency has; "" for no amount.

    Raises:
        NotAValue: it is no number.
    """
    if value in (None, ""):
        return ""
    number = as_decimal(value)
    with localcontext(EXACT):
        places = decimals_of(currency)
        rounded = abs(number).quantize(Decimal(1).scaleb(-places))
        whole = int(rounded)
        cents = int((rounded - whole).scaleb(places))
    if whole >= MOST:
        return f"{amount(value, currency, language)} {_name(currency, language, plural=True)}"
    write = WAYS.get(language, _in_spanish)
    minus = MINUS.get(language, MINUS["es"]) if number < 0 and (whole or cents) else ""
    return f"{minus}{write(whole, cents, places, currency)}"


MINUS = {"es": "menos ", "en": "minus ", "pt": "menos "}


def _name(currency: str, language: str, *, plural: bool) -> str:
    return CURRENCIES[language].get(currency, (currency, currency))[plural]


def _in_spanish(whole: int, cents: int, places: int, currency: str) -> str:
    link = " de " if whole and whole % SIX == 0 else " "
    noun = _name(currency, "es", plural=whole != 1)
    parts = f" con {cents:0{places}d}/{10**places}" if places else ""
    return f"{spanish(whole)}{link}{noun}{parts}"


def _in_english(whole: int, cents: int, places: int, currency: str) -> str:
    parts = f" and {cents:0{places}d}/{10**places}" if places else ""
    return f"{english(whole)}{parts} {_name(currency, 'en', plural=bool(places) or whole != 1)}"


def _in_portuguese(whole: int, cents: int, places: int, currency: str) -> str:
    link = " de " if whole and whole % SIX == 0 else " "
    words = f"{portuguese(whole)}{link}{_name(currency, 'pt', plural=whole != 1)}"
    if not places or not cents:
        return words
    parts = f"{portuguese(cents)} {'centavo' if cents == 1 else 'centavos'}"
    return f"{words} e {parts}" if whole else f"{parts} de {_name(currency, 'pt', plural=False)}"


WAYS: dict[str, Callable[[int, int, int, str], str]] = {
    "es": _in_spanish,
    "en": _in_english,
    "pt": _in_portuguese,
}


def _groups(number: int, size: int) -> Iterator[tuple[int, int]]:
    """Yield power and group, the highest first, without empty ones."""
    groups = []
    while number:
        number, rest = divmod(number, size)
        groups.append(rest)
    for power in range(len(groups) - 1, -1, -1):
        if groups[power]:
            yield power, groups[power]


def spanish(number: int) -> str:
    """Write a number as it stands before a masculine noun: veintiún, cien, mil, un millón."""
    if number == 0:
        return ES_SMALL[0]
    words = []
    for power, group in _groups(number, SIX):
        words += _spanish_group(group)
        if power:
            words.append(ES_SCALES[power - 1][group != 1])
    return " ".join(words)


def _spanish_group(number: int) -> list[str]:
    """Write what is below a million."""
    thousands, rest = divmod(number, GROUP)
    words = [] if thousands <= 1 else [_spanish_hundreds(thousands)]
    words += ["mil"] * bool(thousands)
    return [*words, _spanish_hundreds(rest)] if rest else words


def _spanish_hundreds(number: int) -> str:
    hundreds, rest = divmod(number, HUNDRED)
    if hundreds == 1 and not rest:
        return "cien"
    words = [ES_HUNDREDS[hundreds - 1]] if hundreds else []
    if rest:
        words.append(_spanish_tens(rest))
    return " ".join(words)


def _spanish_tens(number: int) -> str:
    if number < len(ES_SMALL):
        return ES_SMALL[number]
    tens, units = divmod(number, 10)
    return ES_TENS[tens - 3] + (f" y {ES_SMALL[units]}" if units else "")


def english(number: int) -> str:
    if number == 0:
        return EN_SMALL[0]
    words = []
    for power, group in _groups(number, GROUP):
        words.append(_english_hundreds(group))
        if power:
            words.append(EN_SCALES[power - 1])
    return " ".join(words)


def _english_hundreds(number: int) -> str:
    hundreds, rest = divmod(number, HUNDRED)
    words = [f"{EN_SMALL[hundreds]} hundred"] if hundreds else []
    if rest:
        words.append(_english_tens(rest))
    return " ".join(words)


def _english_tens(number: int) -> str:
    if number < len(EN_SMALL):
        return EN_SMALL[number]
    tens, units = divmod(number, 10)
    return EN_TENS[tens - 2] + (f"-{EN_SMALL[units]}" if units else "")


def portuguese(number: int) -> str:
    """Write a number; “e” stands before a last group that is below 100 or full hundreds."""
    if number == 0:
        return PT_SMALL[0]
    groups = list(_groups(number, GROUP))
    words = ""
    for position, (power, group) in enumerate(groups):
        is_last = position == len(groups) - 1
        link = " e " if is_last and (group < HUNDRED or group % HUNDRED == 0) else " "
        words += f"{link if words else ''}{_portuguese_group(group, power)}"
    return words


def _portuguese_group(number: int, power: int) -> str:
    if power == 0:
        return _portuguese_hundreds(number)
    scale = PT_SCALES[power - 1][number != 1]
    return scale if power == 1 and number == 1 else f"{_portuguese_hundreds(number)} {scale}"


def _portuguese_hundreds(number: int) -> str:
    hundreds, rest = divmod(number, HUNDRED)
    if hundreds == 1 and not rest:
        return "cem"
    words = [PT_HUNDREDS[hundreds - 1]] if hundreds else []
    if rest:
        words.append(_portuguese_tens(rest))
    return " e ".join(words)


def _portuguese_tens(number: int) -> str:
    if number < len(PT_SMALL):
        return PT_SMALL[number]
    tens, units = divmod(number, 10)
    return PT_TENS[tens - 2] + (f" e {PT_SMALL[units]}" if units else "")
