"""The rules read the events: all of them, from the first one."""

from django.utils.translation import gettext_lazy as _

from emailketing.events.readers import Reader

RULES = Reader(name="rules", title=_("events for the rules"), from_the_beginning=True)
