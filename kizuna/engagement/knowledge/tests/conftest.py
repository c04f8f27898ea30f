"""An editor, and articles to read."""

import pytest

from kizuna.core.members.viewer import PUBLIC
from kizuna.engagement.knowledge import actions
from kizuna.engagement.knowledge.actions import Content


@pytest.fixture
def write(aoi, viewer_of, now):
    """Return a function that writes (and publishes, unless told not to) an article as Aoi."""

    def make(title="定期便の変更", *, audience_id=PUBLIC, is_published=True, **fields):
        content = Content(
            title=title, body=fields.pop("body", "## 手順\n\n設定を開きます。"), audience_id=audience_id, **fields
        )
        article = actions.write_article(viewer=viewer_of(aoi), content=content, now=now)
        if is_published:
            actions.publish_article(viewer=viewer_of(aoi), article=article, now=now)
            article.refresh_from_db()
        return article

    return make
