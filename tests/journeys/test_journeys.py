"""What people come to do, done as they do it."""

import pytest

from tests.journeys.conftest import PASSWORD

pytestmark = pytest.mark.browser


def test_a_visitor_finds_the_answer_in_another_spelling(visit, site):
    page = visit("/")
    page.locator("input[name=q]").first.fill("サーバー 引っ越し")
    page.locator("input[name=q]").first.press("Enter")
    page.get_by_role("link", name="サーバの引越しで写真が消えました").first.click()
    assert "再読み込み" in page.locator(".answer--accepted").inner_text()


def test_a_member_asks_is_answered_and_accepts(visit, site):
    asking = visit("/s/qa/new/", handle="chie", width=390)
    asking.locator("input[name=title]").fill("のし紙の名入れはできますか")
    asking.locator("textarea[name=body]").fill("贈り物の注文で聞かれました。")
    asking.locator("main form button[type=submit], main form button.btn--primary").last.click()
    asking.wait_for_url("**/t/*/**")
    answering = visit(asking.url.removeprefix(site.url).partition("#")[0], handle="dan")
    answering.locator("textarea[name=body]").last.fill("できます。設定 → 包装 を見てください。")
    answering.get_by_role("button", name="回答を投稿").click()
    answering.get_by_text("できます。設定").first.wait_for()
    asking.reload()
    asking.get_by_role("button", name="これで解決した").first.click()
    asking.locator(".answer--accepted").wait_for()
    assert "できます。設定" in asking.locator(".answer--accepted").inner_text()


@pytest.mark.parametrize("scripts", [True, False])
def test_a_member_signs_in_by_password(visit, site, scripts):
    page = visit("/signin/", scripts=scripts, width=390)
    page.locator("input[type=email], input[name=login]").first.fill("chie@example.com")
    page.locator("input[type=password]").first.fill(PASSWORD)
    page.locator("input[type=password]").first.press("Enter")
    page.wait_for_url(lambda url: "/signin" not in url)
    assert page.context.cookies()
    page.goto(site.url + "/account/")
    assert "千恵" in page.content()


def test_without_javascript_a_question_can_be_asked_and_found(visit, site):
    page = visit("/s/qa/new/", handle="dan", scripts=False)
    page.locator("input[name=title]").fill("クール便の地域別送料")
    page.locator("textarea[name=body]").fill("地域ごとに変えられますか。")
    page.locator("main form button.btn--primary").last.click()
    assert "地域別送料" in page.content()
    page.goto(site.url + "/search/?q=ｸｰﾙ便")
    assert "クール便の地域別送料" in page.locator("main").inner_text()


def test_a_reader_says_that_an_article_did_not_help(visit, site):
    page = visit(f"/k/{site.article}/", scripts=False)
    page.get_by_role("button", name="まだ").click()
    page.get_by_label("手順のとおりにならない").check()
    page.get_by_role("button", name="伝える").click()
    assert "ありがとう" in page.content()


def test_the_owner_changes_the_brand_and_visitors_see_it(visit, site):
    page = visit("/studio/brand/", handle="aoi")
    page.locator("input[name=tagline_ja]").fill("お店の広場")
    page.get_by_role("button", name="保存").click()
    page.wait_for_load_state()
    assert "お店の広場" in visit("/").content()


def test_a_staff_space_is_not_there_for_others(visit, site):
    page = visit("/s/office/", handle="chie")
    assert page.title()
    assert "office" not in visit("/s/", handle="chie").content()


PLACES_OF_TIMES = """
() => Array.from({ length: 30 }, (_, place) => 6 + place / 2).flatMap(width => {
  document.querySelectorAll('.by__meta').forEach(one => { one.style.inlineSize = width + 'em' })
  return [...document.querySelectorAll('.by__meta time')].map(time =>
    time.getBoundingClientRect().left - time.closest('.by__meta').getBoundingClientRect().left
    - parseFloat(getComputedStyle(time.parentElement, '::before').inlineSize))
})
"""


def test_a_time_that_begins_a_line_of_facts_is_whole(visit):
    page = visit("/search/?q=引っ越し", width=390)
    for text in ("3 分前", "11月28日 1:47"):  # as scripts say it, and as it comes
        page.evaluate(
            "text => document.querySelectorAll('.by__meta time').forEach(one => { one.textContent = text })", text
        )
        places = page.evaluate(PLACES_OF_TIMES)
        assert places
        assert min(places) > -1  # behind its own dot, which is cut off there with nothing else
