"""A real server with a small community, and one Chromium. Journeys sign in by the pages or by a ready cookie."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import timedelta
from types import SimpleNamespace
from urllib.request import urlopen

import pytest

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
PASSWORD = "a-long-enough-passphrase-4u"


@pytest.fixture(scope="session")
def site(communities, django_db_blocker) -> Iterator[SimpleNamespace]:
    """Seed *sakura*, serve it, and return its address, cookies and things."""
    from kizuna.base.hosting import entered

    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"  # Playwright's loop runs in this thread
    with django_db_blocker.unblock(), entered(communities["sakura"]):
        things = _seed()
        from django.db import connection

        connection.close()
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        port = listening.getsockname()[1]
    server = subprocess.Popen([sys.executable, "-m", "kizuna", "serve", "--port", str(port)], env=_environment())
    try:
        _wait_for(port)
        yield SimpleNamespace(
            url=f"http://127.0.0.1:{port}",
            everybody_agrees=lambda: _everybody_agrees(communities["sakura"], django_db_blocker),
            **things,
        )
    finally:
        server.send_signal(signal.SIGTERM)
        server.wait(timeout=40)


def _environment() -> dict[str, str]:
    from django.conf import settings

    environment = {name: value for name, value in os.environ.items() if name != "DJANGO_ALLOW_ASYNC_UNSAFE"}
    # One secret on both sides: the cookies made here must hold there.
    return environment | {"KIZUNA_PROCESS": "command", "KIZUNA_SECRET_KEY": settings.SECRET_KEY}


def _wait_for(port: int) -> None:
    for _try in range(300):
        try:
            with urlopen(f"http://127.0.0.1:{port}/healthz", timeout=2):
                return
        except OSError:
            time.sleep(0.2)
    raise TimeoutError("the server did not come up")


def _seed() -> dict:
    from django.utils import timezone

    from kizuna.core.community import actions as community
    from kizuna.core.community import settings as keys
    from kizuna.core.members import actions as members
    from kizuna.core.members import queries
    from kizuna.core.members.viewer import MEMBERS, PUBLIC, STAFF
    from kizuna.engagement.discussions import actions as discussions
    from kizuna.engagement.knowledge import actions as knowledge

    now = timezone.now() - timedelta(hours=6)
    system = members.system_viewer()
    long_ago = now - timedelta(days=60)
    people = {
        handle: members.make_member(
            viewer=system,
            email=f"{handle}@example.com",
            handle=handle,
            name=name,
            roles=roles,
            password=PASSWORD,
            now=long_ago,
        )
        for handle, name, roles in (
            ("aoi", "木村 あおい", ["owner"]),
            ("ben", "Ben", ["moderator"]),
            ("chie", "千恵", []),
            ("dan", "大西 隆", []),
        )
    }
    viewers = {handle: queries.viewer_of(member) for handle, member in people.items()}
    community.change_setting(keys.NAME, value={"ja": "みせばこ", "en": "Misebako"}, member_id=None)
    community.change_setting(keys.IS_OPEN, value=True, member_id=None)
    aoi = viewers["aoi"]
    qa = discussions.create_space(
        viewer=aoi, slug="qa", kind="question", name={"ja": "Q&A", "en": "Q&A"}, audience_id=PUBLIC, now=now
    )
    for slug, kind, audience in (
        ("talk", "discussion", MEMBERS),
        ("ideas", "idea", PUBLIC),
        ("office", "discussion", STAFF),
    ):
        discussions.create_space(
            viewer=aoi, slug=slug, kind=kind, name={"ja": slug, "en": slug}, audience_id=audience, now=now
        )
    topic = discussions.open_topic(
        viewer=viewers["dan"],
        space=qa,
        title="サーバの引越しで写真が消えました",
        body="写真が表示されません。",
        tags=["写真"],
        now=now,
    )
    answer = discussions.post_reply(
        viewer=viewers["ben"],
        topic=topic,
        body="設定 → 写真 → 再読み込み で直ります。",
        now=now + timedelta(minutes=20),
    )
    discussions.accept_answer(viewer=viewers["dan"], topic=topic, post=answer, now=now + timedelta(minutes=30))
    content = knowledge.Content(
        title="定期便の変更", body="## 手順\n\n設定を開きます。", audience_id=PUBLIC, short_answer="設定からできます。"
    )
    article = knowledge.write_article(viewer=aoi, content=content, now=now)
    knowledge.publish_article(viewer=aoi, article=article, now=now)
    held = _held_topic(viewers, qa=qa, now=now)
    _terms(viewers, now=long_ago)
    account, task = _customer(viewers, people, now=now)
    cookies = {h: members.start_sign_in(member=m, method="test", now=timezone.now()) for h, m in people.items()}
    return {
        "cookies": cookies,
        "topic": topic.pk,
        "article": article.pk,
        "held": held,
        "member": people["dan"].pk,
        "account": account,
        "task": task,
        "inquiry": _inquiry(aoi, account=account, now=now),
    }


def _customer(viewers: dict, people: dict, *, now) -> tuple[int, int]:
    """Put a customer whose person is a member, with a task that lies at another department."""
    from kizuna.success.customers import actions as customers
    from kizuna.success.tasks import actions as tasks
    from kizuna.success.tasks.models import Department

    aoi = viewers["aoi"]
    fields = {"name": "株式会社青波堂", "kana": "アオナミドウ", "external_id": "C-1"}
    account = customers.create_account(viewer=aoi, fields=fields, now=now)
    contact = customers.add_contact(viewer=aoi, account=account, fields={"name": "大西 隆"}, now=now)
    customers.link_member(viewer=aoi, contact=contact, member=people["dan"], now=now)
    words = {"title": "引き継ぎ資料を送る", "owner_id": aoi.member_id, "due_on": now.date()}
    task = tasks.make_task(viewer=aoi, account=account, fields=words, now=now)
    sales = Department.objects.get(slug="sales")
    tasks.hand_over(viewer=aoi, task=task, department=sales, ask="価格を教えてください", now=now)
    return account.pk, task.pk


def _inquiry(aoi, *, account: int, now) -> int:
    """Open the contact form to everybody, and put a question of the customer into the inbox, without an owner."""
    from kizuna.core.community import actions as community
    from kizuna.success.inbox import actions as inbox
    from kizuna.success.inbox.settings import FORM

    community.change_setting(FORM, value={**FORM.default, "is_on": True, "for_visitors": True}, member_id=None)

    words = {
        "title": "年末年始のお休みの出し方",
        "body": "商品ページと確認メールの両方に出すには、どこを変えればよいでしょうか。",
    }
    return inbox.open_inquiry(viewer=aoi, fields={**words, "account_id": account, "channel": "form"}, now=now).pk


def _everybody_agrees(community, django_db_blocker) -> None:
    """Let all agree to the terms in force, so that the next test is not asked."""
    from django.db import connection
    from django.utils import timezone

    from kizuna.base.hosting import entered
    from kizuna.core.members import actions as members
    from kizuna.core.members import queries
    from kizuna.core.members.models import Member

    now = timezone.now()
    with django_db_blocker.unblock(), entered(community):
        for member in Member.objects.filter(is_system=False):
            members.agree(viewer=queries.viewer_of(member), documents=queries.documents_in_force(now=now), now=now)
        connection.close()


def _held_topic(viewers: dict, *, qa, now) -> int:
    """Let a word rule hold a question for a moderator."""
    from kizuna.core.community import actions as community
    from kizuna.engagement.discussions import actions as discussions

    community.save_word_rule(word="無料モニター", effect="hold", member_id=None, now=now)
    topic = discussions.open_topic(
        viewer=viewers["dan"],
        space=qa,
        title="感想をいただく企画",
        body="無料モニターを5名募ります。",
        tags=[],
        now=now,
    )
    return topic.pk


def _terms(viewers: dict, *, now) -> None:
    """Put terms in force that everybody here has agreed to."""
    from kizuna.core.members import actions as members
    from kizuna.core.members import queries

    draft = members.save_terms_draft(
        viewer=viewers["aoi"],
        kind="terms",
        body={"ja": "互いに助け合います。", "en": "We help each other."},
        changes={},
        effective_at=now,
        asks_consent=False,
        now=now,
    )
    members.publish_terms(viewer=viewers["aoi"], document_id=draft.pk, now=now)
    for viewer in viewers.values():
        members.agree(viewer=viewer, documents=queries.documents_in_force(now=now), now=now)


@pytest.fixture(scope="session")
def chromium():
    from playwright.sync_api import sync_playwright

    path = shutil.which("chromium")
    if path is None:
        pytest.fail("Chromium is needed for the journeys (Debian: apt-get install chromium).")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def visit(site, chromium):
    """Return a function that opens a page as somebody; errors of scripts and of the policy fail the test."""
    contexts, problems = [], []

    def open_page(
        path: str,
        *,
        handle: str = "",
        width: int = 1440,
        scheme: str = "light",
        scripts: bool = True,
        lang: str = "ja",
        host: str = "127.0.0.1",
    ):
        address = site.url.replace("127.0.0.1", host)
        context = chromium.new_context(
            viewport={"width": width, "height": 900},
            color_scheme=scheme,
            java_script_enabled=scripts,
            reduced_motion="reduce",
        )
        contexts.append(context)
        if handle:
            context.add_cookies([{"name": "kizuna", "value": site.cookies[handle], "url": address}])
        if lang != "ja":
            context.add_cookies([{"name": "lang", "value": lang, "url": address}])
        page = context.new_page()
        page.on("pageerror", lambda error: problems.append(str(error)))
        page.on(
            "console", lambda message: problems.append(message.text) if "Content Security" in message.text else None
        )
        page.goto(address + path)
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert not problems
