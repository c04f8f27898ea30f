"""The WSGI application: measuring around draining around hosting around Django."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "kizuna.config.settings")
os.environ.setdefault("KIZUNA_PROCESS", "web")

django_application = get_wsgi_application()

from kizuna.base.hosting.wsgi import HostedApplication  # noqa: E402 (Django must be set up first)
from kizuna.base.web.draining import DrainedApplication  # noqa: E402
from kizuna.base.web.turns import InTurn  # noqa: E402
from kizuna.config.kept_pages import note_hit  # noqa: E402
from kizuna.core.home.page_cache import PageCache  # noqa: E402
from kizuna.interfaces.ingest.wsgi import IngestFront  # noqa: E402
from kizuna.interfaces.probes.metrics import MeasuredApplication  # noqa: E402
from kizuna.interfaces.probes.wsgi import answer_probe  # noqa: E402

application = MeasuredApplication(
    DrainedApplication(
        HostedApplication(
            InTurn(django_application), early=answer_probe, in_front=IngestFront(PageCache(on_hit=note_hit))
        )
    )
)
