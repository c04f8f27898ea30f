"""Coming in: by an invitation's mail, and by a finger next time."""

import re
from urllib.parse import urlsplit

import pytest

from tests.journeys.conftest import PASSWORD

pytestmark = pytest.mark.browser


def mailed_path(visit, *, address: str, pattern: str) -> str:
    """Return the path in the mail that went to this address, as the owner sees it in Studio."""
    page = visit("/studio/mail/", handle="aoi")
    line = page.locator("main [data-item]").filter(has_text=address)
    for _try in range(40):
        if line.count():
            break
        page.wait_for_timeout(250)
        page.reload()
    line.first.get_by_role("link").click()
    found = re.search(pattern, page.locator(".mailtext").inner_text())
    assert found
    return urlsplit(found.group(0)).path


def test_an_invited_customer_joins_agrees_and_asks_past_similar_questions(visit, site):
    studio = visit("/studio/invitations/", handle="aoi")
    studio.locator("input[name=email]").first.fill("nao@example.com")
    studio.get_by_role("button", name="招待を送る").click()
    link = mailed_path(visit, address="nao@example.com", pattern=r"http\S+/invitation/\S+")
    page = visit(link, width=390)
    page.locator("input[name=name]").fill("直")
    page.get_by_role("button", name="参加する").click()
    assert page.locator("input[name=agreed]").count()  # the browser or the server: without consent nobody comes in
    page.locator("input[name=agreed]").check()
    page.get_by_role("button", name="参加する").click()
    page.get_by_role("link", name="あとで").click()
    page.goto(site.url + "/s/qa/new/")
    page.locator("input[name=title]").press_sequentially("サーバーを引っ越したら写真が見えない")
    page.locator("k-suggest").get_by_role("link", name="サーバの引越しで写真が消えました").wait_for()
    page.locator("textarea[name=body]").fill("昨日からです。")
    page.get_by_role("button", name="質問を投稿").click()
    page.wait_for_url(re.compile(r"/t/\d+/"))
    assert "サーバーを引っ越したら" in page.locator("h1").inner_text()


def test_a_passkey_is_made_and_opens_the_door(visit, site):
    page = visit("/account/passkeys/add/", handle="dan", host="localhost")
    devices = page.context.new_cdp_session(page)
    devices.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2", "transport": "internal", "hasResidentKey": True,
        "hasUserVerification": True, "isUserVerified": True, "automaticPresenceSimulation": True,
    }  # fmt: skip
    devices.send("WebAuthn.addVirtualAuthenticator", {"options": options})
    if page.locator("input[type=password]").count():
        page.locator("input[type=password]").fill(PASSWORD)
        page.locator("input[type=password]").press("Enter")
    page.get_by_role("button", name="パスキーを作る").click()
    page.wait_for_url("**/account/security/**")
    page.context.clear_cookies()
    page.goto(page.url.split("/account")[0] + "/signin/")
    page.get_by_role("button", name="パスキーでログイン").click()
    page.wait_for_url(lambda url: "/signin" not in url)
    page.goto(page.url.split("/", 3)[0] + "//" + page.url.split("/", 3)[2] + "/account/")
    assert page.locator("input[name=name]").input_value() == "大西 隆"


def test_an_address_in_numbers_says_why_there_is_no_passkey(visit):
    page = visit("/signin/")
    assert not page.get_by_role("button", name="パスキーでログイン").is_visible()
