"""The three roles and what each may do, as Django groups with model permissions.

reader: looks at everything but users and secrets · operator: also changes what the day needs
(rules, templates, contacts, messages) · administrator: also what reaches outside or lets in
(sources, senders, company, users: S14, S22, S33).
"""

from django.contrib.auth.models import Group, Permission
from django.db.models import Q

ADMINISTRATOR, OPERATOR, READER = "administrator", "operator", "reader"
ROLES = (ADMINISTRATOR, OPERATOR, READER)

_OPERATED = {
    "company": ("freeday",),
    "schedule": ("run",),
    "notifications": ("rule",),
    "listings": ("listing",),
    "reports": ("report", "reportdraft"),
    "occasions": ("occasion", "skip", "doubtfulday"),
    "content": ("template", "revision", "brand"),
    "contacts": ("contact", "address", "role", "suppression"),
    "outbox": ("message",),
    "channels": ("inboxmessage",),
}
_HIDDEN_FROM_OTHERS = ("user",)
_DJANGO = ("admin", "auth", "contenttypes", "sessions")


def ensure_roles() -> None:
    """Make the groups and give each exactly its permissions; safe to repeat after every update."""
    for name in ROLES:
        group, _is_new = Group.objects.get_or_create(name=name)
        group.permissions.set(permissions_of(name))


def permissions_of(role: str) -> list[Permission]:
    ours = Permission.objects.exclude(content_type__app_label__in=_DJANGO)
    if role == ADMINISTRATOR:
        return list(ours)
    chosen = Q(codename__startswith="view_") & ~Q(content_type__model__in=_HIDDEN_FROM_OTHERS)
    if role == OPERATOR:
        for app, models in _OPERATED.items():
            chosen |= Q(content_type__app_label=app, content_type__model__in=models)
    return list(ours.filter(chosen))
