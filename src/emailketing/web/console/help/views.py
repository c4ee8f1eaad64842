"""The pages of the manual inside the console: whole, or as the part a panel shows."""

from django.http import Http404, HttpRequest, JsonResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from emailketing.common.language import active_language
from emailketing.manual.markup import headings, to_html
from emailketing.manual.pages import NoSuchTopic, Page, page, pages
from emailketing.manual.words import words
from emailketing.web.console.frame.pages import ConsolePage, ConsoleView
from emailketing.web.console.frame.shapes import Context, Shown, UrlPart

EVERYBODY = ("outbox.view_message",)  # every role may look at messages, and read what we explain
LONG = 6  # headings: then the page begins with its contents


def topic_url(topic: str) -> str:
    name, _hash, heading = topic.partition("#")
    address = reverse("console:help_topic", args=[name]) if name else ""
    return f"{address}#{heading}" if heading else address


class Topics(ConsolePage):
    permission_required = EVERYBODY
    title = gettext_lazy("Help")
    template_name = "console/help/list.html"

    def get_context_data(self, **kwargs: Shown) -> Context:
        listed = [(one, topic_url(one.topic), lead_of(one)) for one in pages(active_language())]
        return super().get_context_data(listed=listed, **kwargs)


def lead_of(one: Page) -> str:
    """The first sentence, without marks."""
    first = one.text.partition("\n\n")[0].partition(". ")[0].replace("**", "").strip()
    return first if first.endswith((".", ":")) else f"{first}."


class Topic(ConsolePage):
    """One page; `?part=1` is what the panel beside the work shows, without the console around."""

    permission_required = EVERYBODY
    template_name = "console/help/page.html"

    def get_template_names(self) -> list[str]:
        is_part = "part" in self.request.GET
        return ["console/help/part.html"] if is_part else [self.template_name]

    def get_back(self) -> tuple[str, str] | None:
        return _("All help pages"), reverse("console:help")

    def get_context_data(self, **kwargs: Shown) -> Context:
        try:
            found = page(self.kwargs["topic"], active_language())
        except NoSuchTopic as error:
            raise Http404 from error
        contents = headings(found.text)
        self.title = found.title
        return super().get_context_data(
            found=found,
            body=to_html(found.text, topic_url),
            contents=contents if len(contents) > LONG else [],
            is_translated=found.language == active_language(),
            **kwargs,
        )


class GlossaryWords(ConsoleView):
    """The words that are explained where they stand, for `help.js`."""

    permission_required = EVERYBODY

    def get(self, _request: HttpRequest, *_args: str, **_kwargs: UrlPart) -> JsonResponse:
        language = active_language()
        listed = [{"forms": word.forms, "meaning": word.meaning} for word in words(language)]
        answer = JsonResponse({"words": listed})
        answer.headers["Cache-Control"] = "private, max-age=3600"  # our own words, nobody's data
        return answer
