"""Documents as pictures of their pages, for pages of the console."""

from emailketing.common.plain import Values
from emailketing.content.documents import draw_pages
from emailketing.content.look import BrandLook
from emailketing.web.console.shown.preview import data_address

MOST_PAGES = 4


def drawn_pages(layout: str, data: Values, *, language: str, brand: BrandLook) -> list[str]:
    """Return the first pages as addresses for <img>.

    Raises:
        DocumentFailed: the layout or the data makes no document.
    """
    pages = draw_pages(layout, data, language=language, brand=brand)
    return [data_address(page, "image/png") for page in pages[:MOST_PAGES]]
