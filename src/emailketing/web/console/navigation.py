"""The menu as the user sees it: an entry shows to who may open it."""

from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse

from emailketing.web.console.first_run.views import is_set_up
from emailketing.web.console.frame.menu import MENU, MenuEntry
from emailketing.web.console.frame.shapes import Context


def navigation(request: HttpRequest) -> list[Context]:
    """Build Unfold's sidebar."""
    groups: list[Context] = []
    for title, entries in MENU:
        items = [item for entry in entries if (item := _item(entry, request))]
        groups.append({"title": title, "items": items, "separator": False})
    return groups


def _item(entry: MenuEntry, request: HttpRequest) -> Context | None:
    if not request.user.has_perm(entry.permission):
        return None
    if entry.view == "console:setup" and is_set_up():
        return None
    try:
        link = reverse(entry.view)
    except NoReverseMatch:
        return None
    beginnings = entry.also if link == "/" else (link, *entry.also)
    return {
        "title": entry.title,
        "icon": entry.icon,
        "link": link,
        "active": request.path == link or request.path.startswith(beginnings),
    }
