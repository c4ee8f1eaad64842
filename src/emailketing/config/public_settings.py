"""The settings of the process that is published: the same but for what a stranger may reach.

Only the addresses of `config.public_urls` answer there. No session, no login, no cookie: there is
nothing to take over.
"""

from emailketing.config.settings import *  # noqa: F403 - the same installation

ROOT_URLCONF = "emailketing.config.public_urls"
# nothing there is made of the name a visitor asks for; the address of links is `Company.public_url`
ALLOWED_HOSTS = ["*"]
MIDDLEWARE = [
    "emailketing.web.console.frame.visitor.SeeBehindTheProxy",
    "django.middleware.security.SecurityMiddleware",
    "emailketing.web.public.policy.OnlyWhatIsPublished",
    "emailketing.web.public.language.SpeakLikeTheVisitor",
]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {"context_processors": ["django.template.context_processors.i18n"]},
    }
]
SECURE_REFERRER_POLICY = "no-referrer"
