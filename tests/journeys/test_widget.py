"""The widget on a page of another origin with a strict policy: closed, search, read, ask, sent, offline; fine to axe."""

import json
import re
import secrets
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import SimpleNamespace
from urllib.parse import parse_qs, urlsplit

import jwt
import pytest
from axe_playwright_python.sync_playwright import Axe

from tests.journeys.looks import inside  # noqa: F401
from tests.journeys.test_axe import TAGS

pytestmark = pytest.mark.browser
PAGE = """<!doctype html><html lang="{lang}"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width"><title>受注一覧</title>
<link rel="stylesheet" href="/page.css"><script src="/page.js"></script></head><body><main><h1>受注一覧</h1><p>今日 8</p>
<button id="own">自分のボタン</button></main>
<script src="{site}/w/1.js" data-community data-context-plan="スタンダード" async></script>
<script src="{site}/w/1.js" data-community async></script></body></html>"""
# The page around does all it can to spoil what is not its own.
STYLE = """html { color-scheme: light dark } body { background: Canvas; color: CanvasText } kizuna-widget { display: none !important }
div, button, input { color: red !important; font-size: 5px !important; all: unset }"""
SCRIPT = """window.kizuna = window.kizuna || [];
if (location.search.includes("me")) kizuna.push(["identify", async () => (await fetch("/token")).text()]);
kizuna.push(["context", {shop: "ひだまり文具店", password: "geheim"}]);"""


class Product(BaseHTTPRequestHandler):
    """A company's own product: a page, and a token for whoever is signed in there."""

    site = policy = ""
    sign = staticmethod(lambda: "")

    def do_GET(self) -> None:
        path = urlsplit(self.path)
        lang = parse_qs(path.query).get("lang", ["ja"])[0]
        kind, text = {
            "/page.css": ("text/css", STYLE),
            "/page.js": ("text/javascript", SCRIPT),
            "/token": ("text/plain", ""),
        }.get(path.path, ("text/html", PAGE.replace("{lang}", lang).replace("{site}", self.site)))
        body = (self.sign() if path.path == "/token" else text).encode()
        self.send_response(200)
        self.send_header("Content-Type", f"{kind}; charset=utf-8")
        self.send_header("Content-Security-Policy", self.policy)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *given) -> None:
        """Say nothing."""


@pytest.fixture(scope="module")
def shop(site) -> Iterator[SimpleNamespace]:
    """Serve the product on a port of its own."""
    handler = type("Shop", (Product,), {})
    handler.site = site.url
    handler.policy = (
        f"default-src 'none'; script-src 'self' {site.url}; connect-src 'self' {site.url}; style-src 'self'; "
        "base-uri 'none'; form-action 'none'; require-trusted-types-for 'script'; trusted-types 'none'"
    )
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    yield SimpleNamespace(url=f"http://127.0.0.1:{server.server_port}", handler=handler)
    server.shutdown()
    server.server_close()


@pytest.fixture
def placed(shop, inside):  # noqa: F811
    """Let the widget stand on the product; and on nothing else."""

    def place() -> None:
        from kizuna.core.community.actions import change_setting
        from kizuna.core.community.settings import SYNONYMS
        from kizuna.interfaces.widget.settings import PLACED

        value = {
            "is_on": True,
            "origins": [shop.url],
            "greeting": {"ja": "お困りですか。"},
            "phone": "03-5550-0100（平日 9:00〜18:00）",
        }
        change_setting(PLACED, value=value, member_id=None)
        change_setting(SYNONYMS, value=[["引っ越し", "引越し"], ["サブスク", "定期便"]], member_id=None)

    inside(place)


@pytest.fixture
def at_shop(shop, placed, chromium):
    """Return a function that opens the product's page; errors of scripts and of the policy fail the test."""
    contexts, problems = [], []

    def open_page(query: str = "", *, width: int = 1200, scheme: str = "light", lang: str = "ja"):
        context = chromium.new_context(
            viewport={"width": width, "height": 800}, color_scheme=scheme, reduced_motion="reduce"
        )
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: problems.append(str(error)))
        page.on("console", lambda said: problems.append(said.text) if "Content Security" in said.text else None)
        page.goto(f"{shop.url}/orders?lang={lang}&{query}")
        page.locator(".launch").wait_for()
        return page

    yield open_page
    for context in contexts:
        assert context.cookies() == []
        context.close()
    assert not problems


@pytest.fixture
def proven(site, shop, visit, inside):  # noqa: F811
    """Let the product sign for 大西."""

    def make() -> tuple[str, str]:
        from django.utils import timezone

        from kizuna.core.identities import actions, queries
        from kizuna.core.identities.models import Identity, Provider
        from kizuna.core.identities.tests.conftest import FIELDS
        from kizuna.core.members.models import Member
        from kizuna.core.members.queries import viewer_of

        now = timezone.now()
        boss = viewer_of(Member.objects.get(handle="aoi"), sign_in_id=1)
        Provider.objects.filter(slug="shop").delete()
        fields = {**FIELDS, "issuer": "shop"}
        provider = actions.add_provider(viewer=boss, kind="jwt", slug="shop", fields=fields, secret="", now=now)
        key, secret = actions.add_key(viewer=boss, provider=provider, algorithm="HS256", now=now)
        actions.switch(viewer=boss, provider=queries.provider_for(provider.pk), is_on=True, now=now)
        dan = Member.objects.get(handle="dan")
        Identity.objects.create(
            provider=provider, subject="c-9", member=dan, how="joined", created_at=now, last_used_at=now
        )
        return secret, key.kid

    secret, kid = inside(make)
    audience = visit("/studio/widget/", handle="aoi").get_by_role("region", name="宛先").inner_text().strip()

    def sign() -> str:
        now = int(time.time())
        claims = {
            "iss": "shop",
            "aud": audience,
            "sub": "c-9",
            "iat": now,
            "exp": now + 60,
            "jti": secrets.token_hex(8),
        }
        return jwt.encode(claims, secret, algorithm="HS256", headers={"kid": kid})

    shop.handler.sign = staticmethod(sign)
    return sign


def fine(page) -> None:
    """Assert that axe finds nothing in the page with the widget on it, and nothing scrolls sideways."""
    found = Axe().run(page, options={"runOnly": {"type": "tag", "values": TAGS}}).response["violations"]
    said = [(item["id"], [node["target"] for node in item["nodes"]][:4]) for item in found]
    assert not [item for item in said if "kizuna-widget" in json.dumps(item)], said
    assert page.evaluate("document.documentElement.scrollWidth - window.innerWidth") <= 0
    assert page.locator(".body").evaluate("body => body.scrollWidth - body.clientWidth") <= 0


LOOKS = [(1200, "light", "ja"), (390, "dark", "ja"), (390, "light", "en"), (1200, "dark", "en")]


@pytest.mark.parametrize(("width", "scheme", "lang"), LOOKS)
def test_from_the_button_to_what_was_sent(at_shop, width, scheme, lang):
    page = at_shop(width=width, scheme=scheme, lang=lang)
    assert page.locator("kizuna-widget").count() == 1  # two scripts, one widget
    fine(page)
    page.locator(".launch").click()
    panel = page.get_by_role("dialog")
    panel.get_by_role("searchbox").fill("引っ越し")
    panel.locator(".ans").first.wait_for()
    assert "引越し" in panel.locator("[role=status]").first.inner_text()
    fine(page)
    # Another journey may have made an article of it, too.
    panel.locator(".ans", has_text="サーバの引越し").filter(has_text=re.compile("解決した質問|Solved")).click()
    panel.locator(".prose").first.wait_for()
    assert "再読み込み" in panel.inner_text()
    fine(page)
    panel.locator(".box .b").nth(1).click()  # まだ困っている
    panel.locator(".box .b").nth(1).wait_for(state="detached")  # thanked
    panel.locator(".box .b1").click()
    panel.locator("#f-title").fill("サーバの引越しで写真が消えた")
    panel.locator("#f-body").fill("写真が出ません。")
    panel.locator("summary").click()
    chips = panel.locator(".chips").inner_text()
    assert "ひだまり文具店" in chips
    assert "スタンダード" in chips
    assert "geheim" not in chips
    fine(page)
    panel.locator(".foot .b1").click()
    assert panel.locator("[aria-invalid=true]").get_attribute("id") == "f-email"
    panel.locator("#f-email").fill("miura@aonami.co.jp")
    panel.locator(".box .ans").first.wait_for()  # asked once, in a pause of writing
    fine(page)
    panel.locator(".foot .b1").click()
    panel.locator(".big").wait_for()
    assert "#" in panel.locator(".big").inner_text()
    fine(page)
    panel.locator(".foot .b").first.click()
    panel.locator("#f-add").fill("書き足します。")
    panel.locator(".foot .b1").click()
    panel.locator(".note[role=status]").wait_for()
    assert not page.evaluate("JSON.parse(localStorage.getItem(Object.keys(localStorage)[0]) || '{}').body")


def test_with_keys_alone_and_with_an_input_method(at_shop):
    page = at_shop()
    page.locator("#own").focus()
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.tagName") == "KIZUNA-WIDGET"
    page.keyboard.press("Enter")
    inner = "document.activeElement.shadowRoot.activeElement"
    assert page.evaluate(f"{inner}.id") == "q"
    # Keys that belong to the conversion neither search nor close.
    for key in ("{key: 'Escape', isComposing: true,", "{key: 'Enter', keyCode: 229,"):
        page.evaluate(f"{inner}.dispatchEvent(new KeyboardEvent('keydown', {key} bubbles: true, composed: true}}))")
    assert page.get_by_role("dialog").is_visible()
    page.keyboard.type("teiki")
    page.keyboard.press("Escape")
    assert page.get_by_role("dialog").count() == 0
    assert page.evaluate(f"{inner}.className") == "launch"
    assert page.locator(".launch").get_attribute("aria-expanded") == "false"


def test_on_a_phone_the_tab_key_stays_in_the_panel(at_shop):
    page = at_shop(width=390)
    page.locator(".launch").click()
    for _n in range(12):
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.shadowRoot?.activeElement.closest('.p') !== null")


def test_without_a_connection_nothing_is_lost_and_it_is_sent_once(at_shop, inside):  # noqa: F811
    page = at_shop(width=390)
    page.locator(".launch").click()
    panel = page.get_by_role("dialog")
    panel.locator(".foot .b").first.click()
    panel.locator("#f-title").fill("通信の途中で切れた")
    panel.locator("#f-body").fill("書いたことが残るはずです。")
    panel.locator("#f-email").fill("kiri@shop.example")
    page.context.set_offline(True)
    panel.locator(".foot .b1").click()
    panel.locator("[role=alert]").wait_for()
    assert "03-5550-0100" in panel.inner_text()
    fine(page)
    page.context.set_offline(False)
    page.reload()
    page.locator(".launch").click()
    assert panel.locator("#f-body").input_value() == "書いたことが残るはずです。"
    panel.locator(".foot .b1").dblclick()
    panel.locator(".big").wait_for()

    def count() -> int:
        from kizuna.success.inbox.models import Inquiry

        return Inquiry.objects.filter(sender="kiri@shop.example").count()

    assert inside(count) == 1


def test_a_proven_member_reads_the_answer_in_the_panel(at_shop, proven, inside):  # noqa: F811
    page = at_shop("me=1")
    page.locator(".launch").click()
    panel = page.get_by_role("dialog")
    panel.locator(".foot .b", has_text="問い合わせる").click()
    assert panel.locator("#f-email").count() == 0
    panel.locator("#f-title").fill("納品書の並び順について")
    panel.locator("#f-body").fill("並び順を変えたいです。")
    panel.locator(".foot .b1").click()
    panel.locator(".big, .box .ans").first.wait_for()
    if not panel.locator(".big").count():
        panel.locator(".foot .b1").click()
        panel.locator(".big").wait_for()

    def answer() -> None:
        from django.utils import timezone

        from kizuna.core.members.models import Member
        from kizuna.core.members.queries import viewer_of
        from kizuna.success.inbox import actions
        from kizuna.success.inbox.models import Inquiry

        inquiry = Inquiry.objects.get(title="納品書の並び順について")
        assert inquiry.channel == "widget"
        assert inquiry.member.handle == "dan"
        boss = viewer_of(Member.objects.get(handle="aoi"))
        delivery = actions.send_reply(viewer=boss, inquiry=inquiry, body="設定から変えられます。", now=timezone.now())
        actions.deliver(delivery_id=delivery.pk, now=delivery.send_at)

    inside(answer)
    page.reload()
    page.locator(".pip", has_text="1").wait_for()
    fine(page)
    page.locator(".launch").click()
    fine(page)
    panel.locator(".note .b").click()
    panel.locator(".us").wait_for()
    assert "設定から変えられます。" in panel.inner_text()
    fine(page)
    page.locator(".pip").wait_for(state="hidden")
    page.evaluate("kizuna.identify(null)")
    page.locator(".launch").click()
    assert panel.locator(".foot .b").count() == 1  # a visitor again


def test_a_page_that_is_not_listed_shows_nothing(shop, placed, chromium, inside):  # noqa: F811
    context = chromium.new_context()
    page = context.new_page()
    with page.expect_event("requestfailed", lambda asked: asked.url.endswith("/w/1/hello")):
        page.goto(shop.url.replace("127.0.0.1", "localhost") + "/orders")
    assert page.locator("kizuna-widget").count() == 0
    context.close()


def test_studio_shows_the_line_and_a_sample(visit, placed):
    page = visit("/studio/widget/", handle="aoi")
    assert "data-community async" in page.locator("pre").first.inner_text()
    page = visit("/studio/widget/sample/", handle="aoi")
    assert page.locator("main").bounding_box()["width"] > 1000  # there is no column beside it
    page = visit("/studio/widget/sample/", handle="aoi", width=390, scheme="dark")
    page.locator(".launch").click()
    page.get_by_role("dialog").get_by_role("searchbox").fill("定期便")
    page.locator(".ans").first.wait_for()
    fine(page)
