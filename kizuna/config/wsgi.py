"""The WSGI application: hosting around Django."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "kizuna.config.settings")
os.environ.setdefault("KIZUNA_PROCESS", "web")

django_application = get_wsgi_application()

from kizuna.base.hosting.wsgi import HostedApplication  # noqa: E402 (Django must be set up first)

application = HostedApplication(django_application)
