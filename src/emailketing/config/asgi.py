from emailketing.config.gate import Gate
from emailketing.config.wsgi import application as pages

application = Gate(pages)
