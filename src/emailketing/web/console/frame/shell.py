"""How Unfold's shell is set up: name, colours, menu, our style sheet and icons."""

from typing import Any

from django.http import HttpRequest
from django.templatetags.static import static
from django.urls import reverse_lazy
from django.utils.translation import gettext_lazy as _

_GREY = {
    "50": "#f8fafb",
    "100": "#f1f4f6",
    "200": "#e2e7eb",
    "300": "#ccd4da",
    "400": "#93a0ab",
    "500": "#647380",
    "600": "#4a5864",
    "700": "#37434e",
    "800": "#222c35",
    "900": "#151c23",
    "950": "#0c1116",
}
_BLUE = {
    "50": "#eef6fc",
    "100": "#d8eaf7",
    "200": "#b4d6ef",
    "300": "#82bae3",
    "400": "#4b98d1",
    "500": "#2b7cba",
    "600": "#17639d",
    "700": "#0f4c81",
    "800": "#0f406a",
    "900": "#103658",
    "950": "#0a2239",
}


def shell() -> dict[str, Any]:
    return {
        "SITE_TITLE": "eMailketing",
        "SITE_HEADER": "eMailketing",
        "SITE_SUBHEADER": "emailketing.web.console.frame.shell.company_name",
        "SITE_URL": None,
        "SITE_ICON": lambda _request: static("console/icon.svg"),
        "SITE_FAVICONS": [
            {
                "rel": "icon",
                "type": "image/svg+xml",
                "href": lambda _request: static("console/icon.svg"),
            },
        ],
        "SHOW_HISTORY": True,
        "SHOW_VIEW_ON_SITE": False,
        "SHOW_LANGUAGES": True,
        "SHOW_BACK_BUTTON": True,
        "BORDER_RADIUS": "6px",
        "COLORS": {"base": _GREY, "primary": _BLUE},
        "SCRIPTS": [
            lambda _request: static("console/console.js"),
            lambda _request: static("console/help.js"),
            lambda _request: static("console/search.js"),
        ],
        "LANGUAGES": {"action": reverse_lazy("console:language")},
        "ACCOUNT": {
            "navigation": [
                {"title": _("Change password"), "link": reverse_lazy("admin:password_change")},
            ]
        },
        "SIDEBAR": {
            "show_search": False,
            "show_all_applications": False,
            "navigation": "emailketing.web.console.navigation.navigation",
        },
    }


def company_name(request: HttpRequest) -> str:
    company = getattr(request, "company", None)
    return company.name if company and company.name else ""
