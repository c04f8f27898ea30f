"""Views of articles are counted beside the reading, and never in its way."""

import pytest
from django.db import OperationalError, connection

from kizuna.core.members.viewer import PUBLIC
from kizuna.engagement.knowledge import actions
from kizuna.engagement.knowledge.models import Article
from kizuna.engagement.knowledge.views import counting

pytestmark = pytest.mark.django_db


@pytest.fixture
def article(aoi, viewer_of, now):
    content = actions.Content(title="送料", body="本文", audience_id=PUBLIC)
    article = actions.write_article(viewer=viewer_of(aoi), content=content, now=now)
    actions.publish_article(viewer=viewer_of(aoi), article=article, now=now)
    return article


def full(execute, sql, params, many, context):
    if sql.startswith("UPDATE"):
        raise OperationalError("database or disk is full")
    return execute(sql, params, many, context)


def test_a_database_that_cannot_be_written_keeps_nobody_from_reading(opened, client_of, article, monkeypatch):
    monkeypatch.setattr(counting, "FLUSH_SECONDS", 0)
    client = client_of()
    client.get(f"/k/{article.pk}/")  # the clock of this process starts
    with connection.execute_wrapper(full):
        assert client.get(f"/k/{article.pk}/").status_code == 200
    assert client.get(f"/k/{article.pk}/").status_code == 200
    assert Article.objects.get(pk=article.pk).view_count == 3
