import os
import sys

from django.core.wsgi import get_wsgi_application

from emailketing.common.crypto import KeyMissing, keep_key

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "emailketing.config.settings")
application = get_wsgi_application()

try:
    keep_key()
except KeyMissing as error:
    sys.exit(str(error))
