"""What somebody is writing may end a process, but not ours (S9)."""

import threading
import time
from collections.abc import Iterator
from typing import Any

import pytest
from django.utils import translation

from emailketing.content import apart
from emailketing.content.apart import GaveUp, ask_apart
from emailketing.content.bounds import TooMuch, check_bounds
from emailketing.content.look import BrandLook
from emailketing.content.render import RenderFailed, render_text
from emailketing.content.save import TemplateInvalid, Texts, check_apart, check_texts

# what the attached connectors declare is asked for with each text
pytestmark = pytest.mark.django_db
NESTED = {
    "not": "{{ " + "not " * 10_000 + "1 }}",
    "minus": "{{ " + "-" * 10_000 + "1 }}",
    "brackets": "{{ " + "(" * 10_000 + "1" + ")" * 10_000 + " }}",
    "lists": "{{ " + "[" * 10_000 + "1" + "]" * 10_000 + " }}",
    "maps": "{{ " + "{'a':" * 10_000 + "1" + "}" * 10_000 + " }}",
    "ifs": "{% if 1 %}" * 10_000 + "{% endif %}" * 10_000,
    "elifs": "{% if 0 %}" + "{% elif 0 %}" * 10_000 + "{% endif %}",
    "doubled list": "{% set a=[1] %}" + "{% set a=a+a %}" * 40 + "{{ a|list }}",
    "doubled in itself": "{% set a=[1] %}" + "{% set a=[a,a] %}" * 40 + "{{ a }}",
    "doubled text": "{% set a='xx' %}" + "{% set a=a~a %}" * 40 + "{{ a }}",
    "deep list": "{% set a=[1] %}" + "{% set a=[a] %}" * 100_000 + "{{ a }}",
    "by loops": "{% set a=[1,2] %}" + "{% for a in [a+a+a+a] %}" * 15 + "{% endfor %}" * 15,
    "repeated": "{{ [1]*100000000 }}",
    "repeated by a value": "{{ count*count }}",
    "hidden by quotes": "{{ '}}{#' }}{% autoescape false %}{{ '#}' }}{% endautoescape %}",
    "raw": "{% raw %}{{ x }}{% endraw %}",
    "macro": "{% macro f() %}{% endmacro %}",
}


@pytest.mark.parametrize("name", NESTED)
def test_s9_what_ends_the_engine_is_refused_before_it_reads_it(name: str) -> None:
    """On the small stack of a thread, as in the web process: there it is the whole console."""
    said: list[str] = []

    def write_out() -> None:
        with translation.override("en"), pytest.raises(RenderFailed) as refused:
            render_text(NESTED[name], {"count": 7}, "en")
        said.append(str(refused.value))

    threading.stack_size(256 * 1024)
    try:
        thread = threading.Thread(target=write_out)
        thread.start()
    finally:
        threading.stack_size(0)
    thread.join(10)
    assert said, name
    assert said[0].startswith("Line 1: ")


@pytest.mark.parametrize("signs", ["not ", "- ", "[", "1 + ", "x and ", "1 if 1 else ", "1 ~ "])
def test_s9_the_most_that_is_allowed_is_survived(signs: str) -> None:
    for times in range(1, 400):
        source = "{{ " + signs * times + "1 }}"
        try:
            check_bounds(source)
        except TooMuch:
            assert times > 15
            break
        thread = threading.Thread(target=_try, args=(source,))
        thread.start()
        thread.join(10)
        assert not thread.is_alive()


def _try(source: str) -> None:
    try:
        render_text(source, {"x": 1}, "en")
    except RenderFailed:
        return


def test_s9_long_values_are_counted_while_they_are_written() -> None:
    source = "{% for a in range(90000) %}{{ note }}{% endfor %}"
    with pytest.raises(RenderFailed, match="two million"):
        render_text(source, {"note": "x" * 20_000}, "en")


def question(body: str) -> tuple[Texts, dict[str, Any]]:
    look = {"document_type": "purchase_order", "language": "en", "sample": None}
    return Texts("Order", "", body), {**look, "look": BrandLook()}


def test_a_text_tried_apart_becomes_what_it_becomes_here() -> None:
    texts, rest = question("Order **{{ document.number }}**\n\n[[lines]]")
    draft, written = check_apart(texts, **rest)
    assert draft == check_texts(texts, **rest)
    assert written is None


def test_what_is_wrong_is_told_the_same_from_apart() -> None:
    texts, rest = question("a\n\n{{ document.nombre }}")
    with pytest.raises(TemplateInvalid) as there:
        check_apart(texts, **rest)
    with pytest.raises(TemplateInvalid) as here:
        check_texts(texts, **rest)
    told = [
        (e.value.sentence, e.value.line, e.value.suggestion, e.value.part) for e in (there, here)
    ]
    assert told[0] == told[1]


def test_data_that_do_not_go_with_a_text_are_told() -> None:
    texts, rest = question("{{ document.totals.total|money }}")
    with pytest.raises(RenderFailed, match="mucho"):
        check_apart(texts, **rest, data={"document": {"totals": {"total": "mucho"}}})


@pytest.fixture
def fresh() -> Iterator[None]:
    _end()
    yield
    _end()


def _end() -> None:
    for helper in apart._kept:
        helper.end()
    apart._kept.clear()


# each ends the process, whatever our own limits would say
@pytest.mark.parametrize(
    "bomb",
    ["__import__('os').abort()", "bytearray(4_000_000_000)", "sum(iter(int, 1))"],
    ids=["ends by a signal", "too big", "too long"],
)
def test_a_process_that_dies_of_its_question_is_replaced(bomb: str, fresh: None) -> None:
    texts, rest = question("Hello")
    check_apart(texts, **rest)
    before = apart._kept[0].process
    with pytest.raises(GaveUp):
        ask_apart({"bomb": Bomb(bomb)})
    assert before.wait(1) is not None
    draft, _written = check_apart(texts, **rest)
    assert draft.compiled.text
    assert apart._kept[0].process.pid != before.pid


class Bomb:
    """Something that goes off where the question is read."""

    def __init__(self, code: str) -> None:
        self.code = code

    def __reduce__(self) -> tuple[Any, tuple[str]]:
        return eval, (self.code,)


def test_one_who_waits_too_long_is_told_so(monkeypatch: pytest.MonkeyPatch, fresh: None) -> None:
    texts, rest = question("Hello")
    check_apart(texts, **rest)
    monkeypatch.setattr(apart, "LONGEST", 0.2)
    begun = time.monotonic()
    with pytest.raises(GaveUp):
        ask_apart({"bomb": Bomb("__import__('time').sleep(30)")})
    assert time.monotonic() - begun < 10


def test_the_process_ends_when_ours_does(fresh: None) -> None:
    texts, rest = question("Hello")
    check_apart(texts, **rest)
    helper = apart._kept[0]
    assert helper.process.stdin is not None
    helper.process.stdin.close()
    assert helper.process.wait(10) == 0
