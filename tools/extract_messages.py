"""Collect every text a user can see into locale/*/LC_MESSAGES/django.po (`make messages`).

GNU gettext need not be there: Python is read as Python reads it, also inside f-strings, templates
with Django's own reader, the commands' help from their docstrings, and what the console's frame
(Unfold) leaves untranslated from its templates. --list prints the texts instead of writing.
"""

import ast
import re
import sys
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

import polib

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "src" / "emailketing"
LOCALE = PACKAGE / "locale"
LANGUAGES = ("es", "pt")
PLURAL_FORMS = {"es": "nplurals=2; plural=(n != 1);", "pt": "nplurals=2; plural=(n > 1);"}
FUNCTIONS = {  # what each one's literals are: a text, its plural, its context
    **dict.fromkeys(("_", "gettext", "gettext_lazy", "gettext_noop", "say"), ("text",)),
    **dict.fromkeys(("ngettext", "ngettext_lazy"), ("text", "plural")),
    **dict.fromkeys(("pgettext", "pgettext_lazy"), ("context", "text")),
}
LITERAL = r"""u?(?:'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*")"""
CALL = re.compile(rf"\b(n?p?gettext|_)\(\s*({LITERAL}(?:\s*,\s*{LITERAL})*)")

Text = tuple[str, str, str]  # context, text, plural; the first and last may be empty


def texts() -> dict[Text, str]:
    """Return every text with the file it was first found in."""
    found: dict[Text, str] = {}
    for path in sorted(path for path in PACKAGE.rglob("*.py") if "demo" not in path.parts):
        for text in [*python_texts(path), *command_texts(path)]:
            found.setdefault(text, str(path.relative_to(PACKAGE)))
    for path in sorted((PACKAGE / "web").rglob("templates/**/*.html")):
        for text in template_texts(path):
            found.setdefault(text, str(path.relative_to(PACKAGE)))
    for text in frame_texts():
        found.setdefault(text, "unfold")
    return found


def python_texts(path: Path) -> Iterator[Text]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    functions = translating(tree)
    for call in ast.walk(tree):
        if isinstance(call, ast.Call) and (kinds := functions.get(ast.unparse(call.func))):
            literals = [str(one.value) for one in call.args if isinstance(one, ast.Constant)]
            said = dict(zip(kinds, literals, strict=False))
            if said.get("text"):
                yield said.get("context", ""), said["text"], said.get("plural", "")


def translating(tree: ast.Module) -> dict[str, tuple[str, ...]]:
    """Return what translates in a module, by the name that it has there."""
    imports = (node for node in ast.walk(tree) if isinstance(node, ast.ImportFrom))
    names = [name for node in imports if node.module != "gettext" for name in node.names]
    renamed = {one.asname or "": FUNCTIONS[one.name] for one in names if one.name in FUNCTIONS}
    return FUNCTIONS | renamed


def command_texts(path: Path) -> Iterator[Text]:
    """Docstrings of the commands, as `--help` shows them."""
    if path.parent.name != "cli":
        return
    tree = ast.parse(path.read_text(encoding="utf-8"))
    registered = {
        name.id
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef) and node.name == "register"
        for name in ast.walk(node)
        if isinstance(name, ast.Name)
    }
    for node in tree.body:
        if isinstance(node, ast.FunctionDef):
            is_command = any("command" in ast.dump(mark) for mark in node.decorator_list)
            text = ast.get_docstring(node)
            if text and (is_command or node.name in registered):
                yield "", text, ""


def template_texts(path: Path) -> Iterator[Text]:
    from django.utils.translation.template import templatize

    for function, words in CALL.findall(templatize(path.read_text(encoding="utf-8"))):
        literals = [ast.literal_eval(word) for word in re.findall(LITERAL, words)]
        context = literals.pop(0) if "pgettext" in function else ""
        plural = literals[1] if function.startswith("n") else ""
        yield context, literals[0], plural


def frame_texts() -> Iterator[Text]:
    """What Unfold shows and Django's own catalogues do not know."""
    known = [django_texts(language) for language in LANGUAGES]
    for path in sorted(installed("unfold").rglob("*")):
        found: list[Text] = []
        if path.suffix == ".html" and "templates" in path.parts:
            found = list(template_texts(path))
        elif path.suffix == ".py":
            found = list(python_texts(path))
        yield from (t for t in found if t[1] and not all(t[1] in words for words in known))


def django_texts(locale: str) -> set[str]:
    """The texts Django itself translates, in the applications that are installed here."""
    words: set[str] = set()
    for part in ("conf", "contrib/admin", "contrib/auth", "contrib/contenttypes"):
        file = installed("django") / part / "locale" / locale / "LC_MESSAGES" / "django.po"
        words |= {entry.msgid for entry in polib.pofile(str(file)) if entry.translated()}
    return words


def installed(package: str) -> Path:
    spec = find_spec(package)
    if spec is None or not spec.submodule_search_locations:
        raise SystemExit(f"{package} is not installed: run `make install`.")
    return Path(next(iter(spec.submodule_search_locations)))


def write(language: str, found: dict[Text, str]) -> int:
    """Bring one catalogue up to date, keeping what is translated; return how many texts lack it."""
    path = LOCALE / language / "LC_MESSAGES" / "django.po"
    path.parent.mkdir(parents=True, exist_ok=True)
    old = polib.pofile(str(path)) if path.exists() else polib.POFile()
    kept = {(entry.msgctxt or "", entry.msgid): entry for entry in old}
    new = polib.POFile(wrapwidth=100)
    new.metadata = {
        "Project-Id-Version": "emailketing",
        "Language": language,
        "MIME-Version": "1.0",
        "Content-Type": "text/plain; charset=UTF-8",
        "Content-Transfer-Encoding": "8bit",
        "Plural-Forms": PLURAL_FORMS[language],
    }
    for (context, text, plural), _place in sorted(found.items(), key=lambda item: item[0]):
        before = kept.get((context, text))
        entry = polib.POEntry(msgctxt=context or None, msgid=text, msgid_plural=plural)
        if plural:
            entry.msgstr_plural = dict(before.msgstr_plural) if before else {0: "", 1: ""}
        else:
            entry.msgstr = before.msgstr if before else ""
        if "%(" in text or "%s" in text:
            entry.flags.append("python-format")
        new.append(entry)
    new.save(str(path))
    return len(new.untranslated_entries())


def main() -> None:
    import django
    from django.conf import settings

    settings.configure(USE_I18N=True)
    django.setup()
    found = texts()
    if "--list" in sys.argv:
        for (_context, text, _plural), place in found.items():
            print(f"{place}: {text!r}")
        return
    for language in LANGUAGES:
        print(f"▸ {language}: {len(found)} texts, {write(language, found)} to translate")


if __name__ == "__main__":
    main()
