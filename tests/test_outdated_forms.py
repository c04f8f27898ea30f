"""A form whose token is outdated (somebody signed in again meanwhile) can be sent again; nothing typed is lost."""

import html
import re

import pytest

from kizuna.engagement.discussions.models import Post
from tests.cast import NOW
from tests.world import make_world

pytestmark = pytest.mark.django_db
OURS, FOREIGN = "http://127.0.0.1:8000", "https://evil.example"
TYPED = "  一行目 <b>\n二行目"


@pytest.fixture
def world(db):
    return make_world(NOW)


@pytest.fixture
def sent(client_of, world):
    """Send a reply with the token of before a new sign-in."""
    client = client_of(world.members["chie"], enforce_csrf_checks=True)

    def send(origin, **fields):
        path = f"/t/{world.topics['open'].pk}/posts/"
        given = {"body": TYPED, "after": "0", "csrfmiddlewaretoken": "o" * 64, **fields}
        headers = {"Origin": origin} if origin else {}
        return client, client.post(path, given, HTTP_HOST="127.0.0.1:8000", headers=headers)

    return send


def fields_of(page: str) -> dict[str, str]:
    areas = re.findall(r'<textarea name="([a-z_]+)" hidden>\n([^<]*)</textarea>', page)
    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)
    return {name: html.unescape(value) for name, value in [*areas, ("csrfmiddlewaretoken", token[1])]}


def test_it_is_shown_and_sent_again_as_it_was(sent, world):
    client, answer = sent(OURS)
    page = answer.content.decode()
    assert answer.status_code == 403
    assert "一行目 &lt;b&gt;" in page
    count = Post.objects.count()
    again = client.post(
        re.search(r'<form method="post" action="([^"]+)"', page)[1],
        fields_of(page),
        HTTP_HOST="127.0.0.1:8000",
        headers={"Origin": OURS},
    )
    assert again.status_code == 302
    assert Post.objects.count() == count + 1
    assert Post.objects.latest("pk").body.replace("\r", "") == TYPED.strip("\n")


@pytest.mark.parametrize("origin", [FOREIGN, "null", ""])
def test_what_another_site_sends_gets_no_token(sent, origin):
    _client, answer = sent(origin)
    assert answer.status_code == 403
    assert "csrfmiddlewaretoken" not in answer.content.decode()
    assert "一行目" not in answer.content.decode()


def test_a_password_is_never_put_into_a_page(sent):
    _client, answer = sent(OURS, password="very-secret-words")
    assert answer.status_code == 403
    assert "very-secret-words" not in answer.content.decode()
