"""The page “Search”; with `?part=1` only its results, for the field that opens over a page."""

from django.utils.translation import gettext_lazy

from emailketing.search.find import notes
from emailketing.search.models import Kind
from emailketing.web.console.frame.base import ConsoleAdmin
from emailketing.web.console.frame.pages import ConsolePage
from emailketing.web.console.frame.shapes import Context, Shown
from emailketing.web.console.search.everywhere import everywhere


class Everywhere(ConsolePage):
    permission_required = ("outbox.view_message",)  # every role; each group asks for its own
    title = gettext_lazy("Search")
    template_name = "console/search/page.html"

    def get_template_names(self) -> list[str]:
        return ["console/search/part.html"] if "part" in self.request.GET else [self.template_name]

    def get_context_data(self, **kwargs: Shown) -> Context:
        words = self.request.GET.get("q", "").strip()[: ConsoleAdmin.LONGEST_SEARCH]
        return super().get_context_data(
            words=words,
            groups=everywhere(words, self.user.has_perm),
            notes=notes(words, *Kind) if words else [],
            **kwargs,
        )
