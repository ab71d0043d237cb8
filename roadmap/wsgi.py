"""The entry for a web server: DEBUG is off here unless it is asked for."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DEBUG", "false")
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "roadmap.settings")

application = get_wsgi_application()
