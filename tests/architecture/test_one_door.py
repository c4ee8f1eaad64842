"""Console, commands and configuration file call one function that checks, writes and notes."""

import ast
from collections.abc import Iterator

from tests.architecture.places import PACKAGE, python_files

FACES = ("src/emailketing/web", "src/emailketing/cli", "src/emailketing/configuration/kinds")
NOTES = frozenset({"note", "note_change", "audit"})
WRITES = frozenset(
    {"save", "create", "update", "delete", "get_or_create", "update_or_create", "bulk_create"}
)
CHECKS = frozenset({"full_clean", "clean_fields", "validate_unique"})
# what is no record of the product: the cache, a dictionary, a form that saves nothing yet
NO_RECORDS = frozenset({"cache", "values", "initial", "context", "form", "look"})


def _wrong(tree: ast.AST) -> Iterator[str]:
    for call in (node for node in ast.walk(tree) if isinstance(node, ast.Call)):
        function = call.func
        if isinstance(function, ast.Name) and function.id in NOTES:
            yield f"{function.id}() in line {call.lineno}: an audit row"
        if isinstance(function, ast.Attribute) and function.attr in CHECKS:
            yield f"{function.attr}() in line {call.lineno}: a second validator"
        if isinstance(function, ast.Attribute) and _writes(function, call):
            yield f"{function.attr}() in line {call.lineno}: a record"


def _writes(function: ast.Attribute, call: ast.Call) -> bool:
    on = function.value
    name = on.attr if isinstance(on, ast.Attribute) else getattr(on, "id", "")
    is_dictionary = function.attr == "update" and bool(call.args)
    is_unsaved = any(word.arg == "commit" for word in call.keywords)
    is_record = function.attr in WRITES and name not in NO_RECORDS
    return is_record and not is_dictionary and not is_unsaved


def found() -> dict[str, list[str]]:
    wrong = {
        str(path.relative_to(PACKAGE)): list(_wrong(ast.parse(path.read_text())))
        for path in python_files(*FACES)
    }
    return {name: lines for name, lines in wrong.items() if lines}


def test_no_face_writes_a_record_or_an_audit_row_or_checks_by_itself() -> None:
    assert found() == {}


def forms_that_judge(tree: ast.AST) -> Iterator[str]:
    """Yield forms that let Django judge what is to be saved, in words of its own."""
    for form in (node for node in ast.walk(tree) if isinstance(node, ast.ClassDef)):
        for base in (b.value if isinstance(b, ast.Subscript) else b for b in form.bases):
            name = base.attr if isinstance(base, ast.Attribute) else getattr(base, "id", "")
            if name == "ModelForm":
                yield form.name


def test_every_form_of_a_record_reads_and_does_not_judge() -> None:
    found = {
        name
        for path in python_files(FACES[0])
        for name in forms_that_judge(ast.parse(path.read_text()))
    }
    assert found == {"ReadingForm", "ModelForm"}, "a form of a record is a ReadingForm"


def test_a_form_that_judges_is_found() -> None:
    bad = "class A(f.ModelForm): 1\nclass B(ModelForm[X]): 2\nclass C(ReadingForm[X]): 3"
    assert list(forms_that_judge(ast.parse(bad))) == ["A", "B"]


def test_a_face_that_writes_is_found() -> None:
    bad = "rule.save()\nnote('x')\nRule.objects.filter(pk=1).update(name='x')\nrule.full_clean()"
    assert len(list(_wrong(ast.parse(bad)))) == bad.count("\n") + 1
