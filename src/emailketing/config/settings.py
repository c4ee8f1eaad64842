"""What the machine needs is in the environment; what the business changes, in the database.

Every variable is described in docs/reference/settings.md.
"""

from pathlib import Path
from urllib.parse import quote

from django.utils.translation import gettext_lazy as _

from emailketing.common.crypto import checked_keys, new_key, read_key
from emailketing.common.env import (
    env_bool,
    env_database,
    env_folder,
    env_level,
    env_list,
    env_path,
    env_port,
    env_ports,
    env_str,
    env_zone,
)
from emailketing.web.console.frame.shell import shell

PACKAGE = Path(__file__).resolve().parent.parent

HOME = env_folder("HOME", Path("var").absolute())
FONTS = env_path("FONTS", HOME / "fonts")  # the company's own, for papers
ATTACHMENTS = env_path("ATTACHMENTS", HOME / "attachments")

KEY_FILE = HOME / "secret.key"
_KEPT_KEY = None if env_str("KEY") else read_key(KEY_FILE)
KEY_IS_NEW = not env_str("KEY") and _KEPT_KEY is None  # then `keep_key` has the say
SECRET_KEYS = [
    *(
        checked_keys("EMAILKETING_KEY", [env_str("KEY")])
        if env_str("KEY")
        else checked_keys(str(KEY_FILE), [new_key() if _KEPT_KEY is None else _KEPT_KEY])
    ),
    *checked_keys("EMAILKETING_OLD_KEYS", env_list("OLD_KEYS")),
]
SECRET_KEY = f"emailketing:{SECRET_KEYS[0]}"
DEBUG = env_bool("DEBUG", default=False)
ALLOWED_HOSTS = env_list("HOSTS", "127.0.0.1,localhost,[::1]")
CSRF_TRUSTED_ORIGINS = env_list("TRUSTED_ORIGINS")
HTTPS = env_bool("HTTPS", default=False)
ADDRESS_HEADER = env_str("ADDRESS_HEADER")

OWN_FILE = quote(str(HOME / "emailketing.sqlite3"))
DATABASES = {"default": env_database("DATABASE_URL", f"sqlite:///{OWN_FILE}")}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

INSTALLED_APPS = [
    "emailketing.web.console",
    "unfold.apps.BasicAppConfig",
    "emailketing.web.console.apps.ConsoleAdminConfig",
    "emailketing.web.public",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "django_htmx",
    "emailketing.accounts",
    "emailketing.company",
    "emailketing.events",
    "emailketing.contacts",
    "emailketing.content",
    "emailketing.links",
    "emailketing.channels",
    "emailketing.sources",
    "emailketing.listings",
    "emailketing.outbox",
    "emailketing.schedule",
    "emailketing.triggers.notifications",
    "emailketing.triggers.reports",
    "emailketing.triggers.occasions",
    "emailketing.alerts",
    "emailketing.search",
]
MIDDLEWARE = [
    "emailketing.web.console.frame.policy.OnlyByOurName",
    "emailketing.web.console.frame.visitor.SeeBehindTheProxy",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "emailketing.web.console.frame.policy.OnlyFromHere",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "emailketing.web.console.frame.language.SpeakLikeTheUser",
    # every address needs a login but those marked otherwise (web/public)
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
]
ROOT_URLCONF = "emailketing.config.urls"
WSGI_APPLICATION = "emailketing.config.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ]
        },
    }
]

AUTH_USER_MODEL = "accounts.User"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
    )
]
LOGIN_URL = "admin:login"
LOGIN_REDIRECT_URL = "console:dashboard"

LANGUAGE_CODE = "es"
LANGUAGES = [("es", _("Spanish")), ("en", _("English")), ("pt", _("Portuguese"))]
LOCALE_PATHS = [PACKAGE / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = env_zone("TIME_ZONE", "America/Asuncion")

UNFOLD = shell()

STATIC_URL = "/static/"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
# served out of the installed packages: nothing is collected first
WHITENOISE_USE_FINDERS = True

SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_AGE = 14 * 24 * 3600
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if HTTPS else None
SECURE_HSTS_SECONDS = 365 * 24 * 3600 if HTTPS else 0  # of this name only: others are not ours
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"

# What anybody with a signed link may see is published here, and nothing else; 0: nothing is.
PUBLIC_HOST = env_str("PUBLIC_HOST", "127.0.0.1")
PUBLIC_PORT = env_port("PUBLIC_PORT", 0)

# The built-in inbox listens here; 0 asks the kernel for a free port.
INBOX_PORT = env_port("INBOX_PORT", 0)

# A sender's server may listen here only, unless it is this machine (S14).
SENDER_PORTS = env_ports("SENDER_PORTS", "25,465,587,2465,2525,2587")

# The same for the server of a sender's mailbox.
MAILBOX_PORTS = env_ports("MAILBOX_PORTS", "110,143,993,995")

# A gateway for phones speaks HTTPS on these ports; inside the house only if named here (S14).
GATEWAY_PORTS = env_ports("GATEWAY_PORTS", "443,8443")
SMPP_PORTS = env_ports("SMPP_PORTS", "2775,2776,2875,3550,3551,3600,8775,9775")
GATEWAY_HOSTS = env_list("GATEWAY_HOSTS", "")

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"()": "emailketing.common.logs.LineFormatter"}},
    "filters": {
        "once": {"()": "emailketing.common.logs.SayOnce"},
        "refusals": {"()": "emailketing.common.logs.RefusalsInOneLine"},
    },
    "handlers": {
        "console": {
            "class": "logging.StreamHandler",
            "formatter": "line",
            "filters": ["refusals", "once"],
        }
    },
    "root": {"handlers": ["console"], "level": env_level("LOG_LEVEL", "WARNING")},
    "loggers": {"emailketing": {"level": env_level("LOG_LEVEL", "INFO")}},
}
