"""The designs of cards, drawn with one's own brand and any name."""

from collections.abc import Iterator

from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from emailketing.common.language import active_language
from emailketing.content.card.card import DESIGNS, Card
from emailketing.content.card.mailed import MIME_TYPE, draw
from emailketing.content.card.picture import CardFailed, CardPicture
from emailketing.content.look import default_brand, look_of
from emailketing.content.models import Brand
from emailketing.content.samples import sample_data
from emailketing.web.console.forms.numbers import whole
from emailketing.web.console.frame.pages import ConsolePage
from emailketing.web.console.frame.shapes import Context, Shown
from emailketing.web.console.shown.preview import data_address


class Cards(ConsolePage):
    """Each design with a name to try, and how it is put into a text."""

    permission_required = ("content.view_template",)
    title = gettext_lazy("Cards")
    template_name = "console/template/cards.html"

    def get_back(self) -> tuple[str, str] | None:
        return _("Templates"), reverse("console:templates")

    @cached_property
    def brand(self) -> Brand | None:
        chosen = whole(self.request.GET.get("brand", ""))
        return Brand.objects.filter(pk=chosen).first() if chosen else default_brand()

    @property
    def name(self) -> str:
        invented = sample_data("greeting", active_language())["recipient"]["name"]
        return self.request.GET.get("name", str(invented))

    def get_context_data(self, **kwargs: Shown) -> Context:
        return super().get_context_data(
            name=self.name,
            brand=self.brand,
            brands=Brand.objects.order_by("-is_default", "name"),
            cards=list(self._cards()),
            **kwargs,
        )

    def _cards(self) -> Iterator[Context]:
        look = look_of(self.brand)
        for design, (title, words) in DESIGNS.items():
            shown: Context = {"title": title, "block": f"[[card: {design} | {words}]]"}
            try:
                shown |= _shown(draw(Card.of(design, str(words), self.name), look))
            except CardFailed as error:
                shown["problem"] = str(error)
            yield shown


def _shown(picture: CardPicture) -> Context:
    return {
        "picture": picture,
        "address": data_address(picture.content, MIME_TYPE),
        "size": round(len(picture.content) / 1000),
        "lost": str(picture.lost),
    }
