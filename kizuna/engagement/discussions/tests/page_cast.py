"""What the tests of pages share: count a page's own queries, measure it, write long threads fast."""

import gzip

from django.db import connection
from django.test.utils import CaptureQueriesContext

from kizuna.engagement.discussions.models import Post, Topic


def own_queries(client, url):
    """Return the queries a page asks of discussions; chrome, sign-in and generations ask other tables."""
    client.get(url)  # fragments are drawn and stored, caches filled
    with CaptureQueriesContext(connection) as captured:
        response = client.get(url)
    assert response.status_code == 200
    return [query["sql"] for query in captured if "discussions_" in query["sql"]]


def zipped_bytes(response):
    return len(gzip.compress(response.content))


def text_of(response):
    return response.content.decode()


def fill(topic, authors, count, *, now, body="<p>いつもこうしています。{number}</p>"):
    """Append `count` posts without the work of the action."""
    start = topic.last_number
    Post.objects.bulk_create(
        Post(
            topic=topic,
            number=start + place,
            author=authors[place % len(authors)],
            body="…",
            html=body.format(number=start + place),
            audience_id=topic.audience_id,
            container_audience_id=topic.container_audience_id,
            created_at=now,
        )
        for place in range(1, count + 1)
    )
    Topic.objects.filter(pk=topic.pk).update(last_number=start + count, post_count=start + count, first_reply_at=now)
    topic.refresh_from_db()


def main_of(response):
    """Return the page without its head, where descriptions for search engines stand."""
    page = text_of(response)
    return page[page.index("<main") : page.index("</main>")]
