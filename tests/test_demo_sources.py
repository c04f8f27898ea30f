"""The real community of the demo says on every page whose words these are, and under which licence."""

import pytest
from django.test import Client
from django.utils import timezone

from kizuna.engagement.discussions.models import Space
from kizuna.interfaces.integrations.demo import loading

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("path", ["/", "/s/", "/s/support/", "/search/?q=mail", "/k/"])
def test_source_and_licence_stand_beside_every_page(sakura, monkeypatch, path):
    monkeypatch.setattr(loading, "_keep_sign_ins", lambda *_: None)  # a file of the installation's
    Space.objects.get_or_create(slug="general", defaults={"name": {"en": "General"}, "audience_id": loading.PUBLIC})
    loading._open_real(now=timezone.now())
    page = Client().get(path, headers={"host": "sakura.test"})
    assert page.status_code == 200
    for address in ("https://support.mozilla.org/", "https://creativecommons.org/licenses/by-sa/3.0/"):
        assert address in page.content.decode()
