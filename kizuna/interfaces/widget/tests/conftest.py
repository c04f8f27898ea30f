"""A community whose widget stands on one site, with something to find, and a product that knows its people."""

import json
import secrets
import time

import jwt
import pytest
from django.test import Client
from django.utils import timezone

from kizuna.base.hosting import links
from kizuna.core.community.actions import change_setting
from kizuna.core.community.queries import setting
from kizuna.core.identities import actions as identities
from kizuna.core.identities.models import Identity, Provider
from kizuna.core.identities.tests.conftest import FIELDS, owner  # noqa: F401
from kizuna.core.members.viewer import MEMBERS, PUBLIC, STAFF
from kizuna.engagement.discussions import actions as discussions
from kizuna.engagement.knowledge import actions as knowledge
from kizuna.interfaces.widget.settings import PLACED

SITE = "https://app.misebako.example"


@pytest.fixture
def placed(opened):
    """Switch the widget on; returns a function that changes it."""

    def change(**fields):
        change_setting(PLACED, value={**setting(PLACED), **fields}, member_id=None)

    change(is_on=True, origins=[SITE], phone="03-5550-0100")
    return change


@pytest.fixture
def ask(placed):
    """Return a function that calls the widget as the script does: (status, values) of the answer."""

    def call(name, said=None, *, token="", origin=SITE, raw=None, client=None, **headers):
        sent = {"Origin": origin, **({"Authorization": f"Bearer {token}"} if token else {}), **headers}
        body = raw if raw is not None else json.dumps({"lang": "ja", **(said or {})})
        asked = client or Client(raise_request_exception=False)
        response = asked.post(f"/w/1/{name}", body, content_type="application/json", headers=sent)
        call.response = response
        return response.status_code, response.json()

    return call


@pytest.fixture
def product(owner):  # noqa: F811
    """Return a product with a shared secret, switched on: (provider, secret, kid)."""
    now = timezone.now()
    fields = {**FIELDS, "issuer": "misebako"}
    provider = identities.add_provider(viewer=owner, kind="jwt", slug="misebako", fields=fields, secret="", now=now)
    key, secret = identities.add_key(viewer=owner, provider=provider, algorithm="HS256", now=now)
    identities.switch(viewer=owner, provider=provider, is_on=True, now=now)
    return Provider.objects.get(pk=provider.pk), secret, key.kid


@pytest.fixture
def sign(product):
    """Return a function that signs a token as the product does."""
    _provider, secret, kid = product

    def signed(*, key=secret, **claims) -> str:
        now = int(time.time())
        said = {
            "iss": "misebako", "aud": f"{links.base_url()}/w", "sub": "c-1", "iat": now, "exp": now + 60,
            "jti": secrets.token_hex(8), **claims,
        }  # fmt: skip
        return jwt.encode(said, key, algorithm="HS256", headers={"kid": kid})

    return signed


@pytest.fixture
def known(product):
    """Return a function that joins a member to a person of the product."""

    def join(member, subject="c-1") -> Identity:
        now = timezone.now()
        return Identity.objects.create(
            provider=product[0], subject=subject, member=member, how="joined", created_at=now, last_used_at=now
        )

    return join


@pytest.fixture
def token_of(ask, sign, known):
    """Return a function from a member to a token of the widget."""

    def get(member, subject="c-1", origin=SITE) -> str:
        if not Identity.objects.filter(member=member).exists():
            known(member, subject)
        status, answer = ask("token", {"jwt": sign(sub=subject)}, origin=origin)
        assert status == 200
        return answer["token"]

    return get


@pytest.fixture
def things(aoi, chie, emi, viewer_of, placed):
    """Articles and solved questions for everybody, for members, and for the team; all about 休業日."""
    now = timezone.now()
    boss = viewer_of(aoi)
    articles, topics = {}, {}
    for name, audience in (("public", PUBLIC), ("members", MEMBERS), ("staff", STAFF)):
        content = knowledge.Content(
            title=f"休業日を決める {name}",
            body="1. `設定` を開きます。\n\n<b>x</b> [手順](https://help.example/a)",
            audience_id=audience,
        )
        articles[name] = knowledge.write_article(viewer=boss, content=content, now=now)
        knowledge.publish_article(viewer=boss, article=articles[name], now=now)
        space = discussions.create_space(
            viewer=boss, slug=name, kind="question", name={"ja": name, "en": name}, audience_id=audience, now=now
        )
        asker = viewer_of(emi if name == "staff" else chie)
        topic = discussions.open_topic(
            viewer=asker,
            space=space,
            title=f"臨時の休業日をメールに入れたい {name}",
            body="できますか。",
            tags=[],
            now=now,
        )
        post = discussions.post_reply(viewer=boss, topic=topic, body="文面に［休業日の表］を入れます。", now=now)
        discussions.accept_answer(viewer=asker, topic=topic, post=post, now=now)
        topics[name] = topic
    draft = knowledge.write_article(
        viewer=boss, content=knowledge.Content(title="休業日の下書き", body="まだ", audience_id=PUBLIC), now=now
    )
    open_one = discussions.open_topic(
        viewer=viewer_of(chie),
        space=topics["public"].space,
        title="休業日の色を変えたい",
        body="未解決です。",
        tags=[],
        now=now,
    )
    return {"articles": articles, "topics": topics, "draft": draft, "open": open_one}
