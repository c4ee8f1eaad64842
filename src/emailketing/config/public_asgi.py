"""The process behind the published port; by its own settings, whatever whoever started it has."""

import os

os.environ["DJANGO_SETTINGS_MODULE"] = "emailketing.config.public_settings"

from emailketing.config.gate import Gate
from emailketing.config.wsgi import application as pages
from emailketing.web.public.sign_of_life import keep_beating

application = Gate(pages)
keep_beating()
