"""Portuguese: one word for each thing in the catalogue, and none that is Spanish in disguise."""

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import polib
import pytest

import emailketing

HOME = Path(emailketing.__file__).parent
CATALOGUE = HOME / "locale/pt/LC_MESSAGES/django.po"

# what a thing is called: where the English says the first, the Portuguese says the second
GLOSSARY = {
    r"\bsandbox\b|\btest mode\b": r"modo de teste\b",
    r"\btest inbox\b|\bbuilt-in inbox\b": r"caixa de teste\b",
    r"\bgo(ne|es|ing)? live\b|\bwent live\b": r"modo real",
    r"\bbusiness database\b": r"banco de dados da empresa",
    r"\bbusiness systems?\b": r"sistemas?( da empresa)?\b",
    r"\bworker\b": r"serviço em segundo plano",
    r"\bledger\b": r"fila de envio",
    r"\bthe log\b": r"\blog\b",
    r"\bfallback\b": r"contato de reserva",
    r"\bquiet hours\b": r"horário de silêncio",
    r"\bflood guard\b": r"proteção contra avalanches",
    r"\bwatched\b(?! the)": r"monitorad",
    r"\bbackup\b": r"backup",
    r"\breceipts\b": r"confirmações",
    r"^alerts?$": r"^alertas?$",
    r"\bsenders?\b": r"remetentes?",
    r"\btriggers?\b": r"gatilhos?",
    r"\bsafe mode\b": r"modos? seguro",
    r"\bquotation\b": r"orçamento",
    r"\bpurchase order\b": r"ordem de compra",
    r"\bdigests?\b": r"resumos?",
    r"\breminders?\b": r"lembretes?",
    r"\btemplates?\b": r"modelos?",
    r"\bpasswords?\b": r"senhas?",
}

# what a Brazilian does not say, and what is said instead
REFUSED = {
    r"\bnão se (chega|enviou|enviam|pôde|pode|podem|permite|entende|avisa|encontr)": "não foi…",
    r"\b[Tt]enta-se\b|\b\w+(ou|aram|eram|iram)-se\b": "o programa tenta, foi tentado",
    r"\boutra vez\b": "de novo",
    r"\bjá não\b": "não … mais",
    r"\btrabalhador": "serviço em segundo plano",
    r"\bsistemas? (de gestão|comercial)": "sistema da empresa",
    r"\bdo negócio\b": "da empresa",
    r"\bcópia de segurança\b": "backup",
    r"\bcaixa de testes\b": "caixa de teste",
    r"\bvigiad|\bobservad": "monitorada",
    r"\bmudanças?\b": "alteração",
    r"\bpressione\b": "clique em",
    r"regra.* (des)?ligada|\bligue\b": "ativada, desativada",
    r"\bpessoa de reserva\b": "contato de reserva",
    r"\bnomei": "indique, cite",
    r"\bcifrad": "criptografada",
    r"\bpor esta via\b|\boutra via\b": "por este canal",
    r"\b(mensagem|mensagens|texto) ao telefone\b": "para celular",
    r"\bmáquina\b(?! virtual)": "computador",
    r"\bencaix": "compatível",
    r"\bpôr\b": "colocar",
}


@cache
def texts() -> tuple[tuple[str, str], ...]:
    found = []
    for entry in polib.pofile(str(CATALOGUE)):
        said = list(entry.msgstr_plural.values()) or [entry.msgstr]
        found += [(entry.msgid, text) for text in said if not entry.obsolete]
    return tuple(found)


# what is no English word: values to fill in, options, what somebody types
_FILLED_IN = re.compile(r"\{\{.*?\}\}|%\(\w+\)s|--[a-z-]+|“[a-z ]+”")


def without_its_word(english: str, portuguese: str) -> Iterator[str]:
    for msgid, text in texts():
        if re.search(english, _FILLED_IN.sub("", msgid), re.IGNORECASE) and not re.search(
            portuguese, text, re.IGNORECASE
        ):
            yield f"{msgid} → {text}"


@pytest.mark.parametrize("english", sorted(GLOSSARY))
def test_a_thing_has_one_word_in_portuguese(english: str) -> None:
    assert list(without_its_word(english, GLOSSARY[english])) == []


@pytest.mark.parametrize("refused", sorted(REFUSED))
def test_no_spanish_in_disguise_stands_in_portuguese(refused: str) -> None:
    starters = (*HOME.glob("content/starters/*.pt.txt"), *HOME.rglob("connectors/*/*.pt.txt"))
    files = [*starters, *HOME.glob("manual/pages/pt/*.md")]
    assert files
    said = [*texts(), *((file.name, file.read_text()) for file in files)]
    found = [f"{where} → {text}" for where, text in said if re.search(refused, text, re.IGNORECASE)]
    assert found == [], f"say: {REFUSED[refused]}"
