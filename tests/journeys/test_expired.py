"""A sign-in that ends while somebody writes takes nothing away: they sign in in another tab and send."""

import re

import pytest

from tests.journeys.conftest import PASSWORD
from tests.journeys.test_axe import TAGS

pytestmark = pytest.mark.browser


def findings(page) -> list[str]:
    from axe_playwright_python.sync_playwright import Axe

    found = Axe().run(page, options={"runOnly": {"type": "tag", "values": TAGS}}).response["violations"]
    return [item["id"] for item in found]


@pytest.mark.parametrize("scripts", [True, False])
def test_a_question_written_when_the_sign_in_ended_is_sent_after_a_new_one(visit, site, scripts):
    page = visit("/ask/", handle="chie", scripts=scripts)
    page.locator("input[name=title]").fill(f"期限が切れた質問 {scripts}")
    page.locator("textarea[name=body]").fill("一行目\n二行目")
    page.locator("input[name=tags]").fill("期限")
    page.context.clear_cookies(name="kizuna")
    page.get_by_role("button", name="質問を投稿").click()
    assert not (scripts and findings(page))
    with page.context.expect_page() as opened:
        page.get_by_role("link", name="新しいタブでログイン").click()
    door = opened.value
    door.locator("input[type=email]").fill("chie@example.com")
    door.locator("input[type=password]").fill(PASSWORD)
    door.locator("main form button").first.click()
    door.wait_for_url(f"{site.url}/")
    page.get_by_role("button", name="送る", exact=True).click()
    page.get_by_role("button", name="この内容で送る").wait_for()
    assert not (scripts and findings(page))
    page.get_by_role("button", name="この内容で送る").click()  # the token of the page before is outdated
    page.wait_for_url(re.compile(r"/t/[0-9]+/"))
    assert page.locator("h1").inner_text() == f"期限が切れた質問 {scripts}"
    assert "二行目" in page.locator(".prose").first.inner_text()
    assert page.get_by_text("期限", exact=True).count()
