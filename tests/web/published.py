"""The published side as its own process has it: other addresses, other middleware."""

from django.test import Client
from pytest_django.fixtures import Settings

from emailketing.config import public_settings

ITS_OWN = ("ROOT_URLCONF", "ALLOWED_HOSTS", "MIDDLEWARE", "TEMPLATES", "SECURE_REFERRER_POLICY")


def publish(settings: Settings) -> Client:
    """Return a visitor from outside."""
    for name in ITS_OWN:
        setattr(settings, name, getattr(public_settings, name))
    return Client(REMOTE_ADDR="198.51.100.7", enforce_csrf_checks=True)
