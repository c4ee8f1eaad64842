"""The live preview: what was typed so far, written out with a document. Saves nothing."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render as render_page

from emailketing.channels.catalogue import is_phone
from emailketing.content.documents import DocumentFailed
from emailketing.content.look import look_for
from emailketing.content.render import RenderFailed
from emailketing.content.save import TemplateInvalid, check_apart
from emailketing.web.console.frame.shapes import Context, UrlPart
from emailketing.web.console.shown.documents_drawn import drawn_pages
from emailketing.web.console.shown.preview import view_of
from emailketing.web.console.templates_.forms import TextsForm
from emailketing.web.console.templates_.phone import phone_view
from emailketing.web.console.templates_.samples import chosen_document, data_for
from emailketing.web.console.templates_.views import OneTemplate

# who may not save a text has nothing to try out either (S9)
WRITERS = ("content.change_template", "content.add_revision")


class TemplatePreview(OneTemplate):
    permission_required = WRITERS
    http_method_names = ["post"]

    def post(self, request: HttpRequest, *_args: str, **_kwargs: UrlPart) -> HttpResponse:
        form = TextsForm(request.POST, channel=self.template.channel)
        context: Context = {"template": self.template, "form": form}
        if form.is_valid():
            context |= self._written_out(form, request.POST.get("sample", ""))
        return render_page(request, "console/template/preview.html", context)

    def _written_out(self, form: TextsForm, sample: str) -> Context:
        language, look = form.cleaned_data["language"], look_for(self.template)
        try:
            _draft, mail = check_apart(
                form.texts(),
                document_type=self.template.document_type,
                language=language,
                sample=chosen_document(sample),
                look=look,
                data=data_for(self.template, language, sample),
            )
        except TemplateInvalid as error:
            return {"problem": error.sentence, "suggestion": error.suggestion}
        except RenderFailed as error:
            return {"problem": str(error)}
        if mail is None:
            return {}
        if is_phone(self.template.channel):
            return {"phone": phone_view(mail, self.template.channel, form.texts().button)}
        return {"mail": view_of(mail, look, language=language)}


class PreviewPdf(OneTemplate):
    """The document as pictures of its pages; fetched when its tab is opened."""

    permission_required = WRITERS
    http_method_names = ["post"]

    def post(self, request: HttpRequest, *_args: str, **_kwargs: UrlPart) -> HttpResponse:
        language = request.POST.get("language", "es")
        data = data_for(self.template, language, request.POST.get("sample", ""))
        context: Context = {}
        try:
            context["pages"] = drawn_pages(
                self.template.layout, data, language=language, brand=look_for(self.template)
            )
        except DocumentFailed as error:
            context["problem"] = str(error)
        return render_page(request, "console/template/pages.html", context)
