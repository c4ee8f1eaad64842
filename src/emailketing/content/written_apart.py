"""What the process of `apart` does with a question: check a text, and write it out."""

from dataclasses import asdict
from typing import Any

from django.utils import translation

from emailketing.content.render import RenderFailed, render
from emailketing.content.save import TemplateInvalid, check_texts


def answer_to(question: dict[str, Any]) -> dict[str, Any]:
    """Return what became of it as plain values: nothing but JSON comes back from there."""
    language, data = question["language"], question.pop("data")
    with translation.override(question.pop("spoken")):
        try:
            draft = check_texts(**question)
            written = render(draft.compiled, data, language=language) if data else None
        except TemplateInvalid as error:
            names = ("sentence", "line", "suggestion", "part")
            return {"invalid": {name: getattr(error, name) for name in names}}
        except RenderFailed as error:
            return {"failed": {"sentence": str(error), "line": error.line}}
    return {
        "compiled": asdict(draft.compiled),
        "rendered": asdict(written) if written else None,
    }
