import os
import sys
from importlib import import_module

from django.conf import settings
from django.core.wsgi import get_wsgi_application

from emailketing.common.crypto import KeyMissing, keep_key

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "emailketing.config.settings")
application = get_wsgi_application()
import_module(settings.ROOT_URLCONF)  # now, not while the first visitor waits

try:
    keep_key()
except KeyMissing as error:
    sys.exit(str(error))
